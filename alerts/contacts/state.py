"""What is known of a contact, how it is shown without being told, and the code that proves it."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from contracts import ResponderId
from homes.model import Channel, Contact, Responder, ResponderKind

#: A code is good until the end of the next span of this length.
_CODE_SPAN: Final = timedelta(minutes=15)
_CODE_DIGITS: Final = 6
#: A contact that was tested longer ago is tested again.
UNTESTED: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class ContactState:
    """What is known of one contact."""

    responder_id: ResponderId
    channel: Channel
    address_digest: str
    verified_at: datetime | None = None
    tested_at: datetime | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A contact on which nobody should rely."""

    responder_id: ResponderId
    channel: Channel
    #: Enough to recognise it, not enough to use it.
    masked: str
    state: ContactState

    @property
    def why(self) -> tuple[str, ...]:
        """Name what is wrong with it, the worst first."""
        failing = ("failing",) if self.state.failing_since else ()
        unproved = () if self.state.verified_at else ("not_verified",)
        return (*failing, *unproved, *(() if self.state.tested_at else ("never_tested",)))


def digest(contact: Contact) -> str:
    """Name an address without telling it."""
    return sha256(f"{contact.channel}\x1f{contact.address}".encode()).hexdigest()[:32]


def masked(contact: Contact) -> str:
    """Show what is at the ends of an address."""
    address = contact.address
    if contact.channel in (Channel.DEVICE, Channel.WEB_PUSH):
        return address
    if contact.channel is Channel.EMAIL:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host[:1]}***"
    if contact.channel in (Channel.SMS, Channel.VOICE):
        return f"***{address[-4:]}" if len(address) > 7 else "***"
    return f"{address.split(':', 1)[0]}://***"


def code_of(secret: str, responder_id: ResponderId, contact: Contact, now: datetime) -> str:
    """Make the code that a contact is proved with; it needs no place to be kept in."""
    return _code(secret, responder_id, contact, int(now.timestamp() // _CODE_SPAN.total_seconds()))


def trial_key(responder_id: ResponderId, contact: Contact, now: datetime) -> str:
    """Name a test message: the same within a minute, so that a second press is no second message."""
    said = "\x1f".join(("trial", responder_id, digest(contact), str(int(now.timestamp() // 60))))
    return sha256(said.encode()).hexdigest()[:24]


def proves(secret: str, code: str, responder_id: ResponderId, contact: Contact, now: datetime) -> bool:
    """Tell whether a code is the one that was sent there, and lately."""
    span = int(now.timestamp() // _CODE_SPAN.total_seconds())
    said = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    return any(hmac.compare_digest(said, _code(secret, responder_id, contact, each)) for each in (span, span - 1))


def doubts(
    responders: list[Responder], states: dict[tuple[str, str, str], ContactState], *, untested: timedelta, now: datetime
) -> list[Doubt]:
    """List the contacts that fail, were never proved, or were not tested for so long."""
    found = []
    for responder in responders:
        if responder.kind is ResponderKind.IN_THE_HOME:
            continue  # a siren answers no test: its own gateway is supervised
        for contact in responder.contacts:
            key = (responder.responder_id, contact.channel, digest(contact))
            state = states.get(key) or ContactState(
                responder_id=responder.responder_id, channel=contact.channel, address_digest=key[2]
            )
            if _is_doubtful(state, untested, now):
                found.append(
                    Doubt(
                        responder_id=responder.responder_id,
                        channel=contact.channel,
                        masked=masked(contact),
                        state=state,
                    )
                )
    return sorted(found, key=lambda one: (one.state.failing_since is None, one.responder_id, one.channel))


def _is_doubtful(state: ContactState, untested: timedelta, now: datetime) -> bool:
    old = state.tested_at is None or now - state.tested_at >= untested
    return bool(state.failing_since) or old or state.verified_at is None


def _code(secret: str, responder_id: ResponderId, contact: Contact, span: int) -> str:
    said = "\x1f".join((responder_id, digest(contact), str(span))).encode()
    number = int.from_bytes(hmac.digest(secret.encode(), b"dolbom code 1\x1f" + said, sha256)[:8], "big")
    return f"{number % 10**_CODE_DIGITS:0{_CODE_DIGITS}}"
