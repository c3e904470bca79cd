"""One frame, the whole way: what is published of it, and how its panel is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import msgspec

from contracts import Reading, Refusal, RefusalReason
from contracts.values import Heartbeat
from ingest.admit import Admitted, Sender, admit
from ingest.dc09.accounts import PANEL, Account
from ingest.dc09.cipher import open_sealed, seal
from ingest.dc09.events import Event, Read, account_in, contact_id, sia
from ingest.dc09.frame import Content, Frame, time_of, write
from ingest.dc09.meanings import DEFAULT, Profile, understand
from ingest.intake import KEPT_PAYLOAD, Intake
from ingest.message import Draft, Malformed, Mark

#: What a panel may say to a receiver; a receiver's own words are answered by nothing, or two would talk for ever.
_OURS: Final = frozenset({"ACK", "NAK", "DUH"})
_UNKNOWN: Final = Malformed(reason=RefusalReason.UNKNOWN_ACCOUNT, detail="no home has this account")
_CLEAR: Final = Malformed(reason=RefusalReason.NOT_ENCRYPTED, detail="the account has a key, the message came in clear")
_NO_KEY: Final = Malformed(reason=RefusalReason.UNDECIPHERABLE, detail="no key of the account can be used")
_ANOTHER: Final = Malformed(reason=RefusalReason.ANOTHER_HOME, detail="the data names another account than the frame")


class Answer(StrEnum):
    """How a panel is answered. The word is also the metric's label."""

    ACK = "ACK"
    NAK = "NAK"
    DUH = "DUH"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What the settings and the profiles say."""

    profiles: Mapping[str, Profile]
    behind: timedelta
    ahead: timedelta
    late_after: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One frame as it arrived, and what is known of it before it is read."""

    frame: Frame
    account: Account
    content: Content
    received_at: datetime
    #: The frame's own bytes, for the dead letter.
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Reception:
    """What becomes of one frame."""

    intake: Intake
    answer: Answer
    #: Events that are known and mean nothing to us.
    ignored: int = 0


def place_call(frame: Frame, account: Account | None, *, received_at: datetime, body: bytes) -> Call | Malformed | None:
    """Tell whose frame it is and open it; None: a receiver's own word, which is no call."""
    if frame.token in _OURS:
        return None
    if account is None:
        return _UNKNOWN
    content = _opened(frame, account)
    if isinstance(content, Malformed):
        return content
    named = account_in(content.data)[0]
    if named and named.lstrip("0") != frame.account.lstrip("0"):
        return _ANOTHER
    return Call(frame=frame, account=account, content=content, received_at=received_at, body=body)


def _opened(frame: Frame, account: Account) -> Content | Malformed:
    if isinstance(frame.content, Content):
        return _CLEAR if account.key or account.locked else frame.content
    return open_sealed(frame.content, account.key) if account.key else _NO_KEY


def receive(call: Call, rules: Rules, *, mark: int) -> Reception:
    """Understand and admit a call; `mark` tells it from all others of its account and sequence number."""
    off = _off(call, rules)
    found = _understood(call, rules, believed=off is None)
    # Whatever a panel says shows that it lives, understood or not.
    drafts = found.drafts or (Draft(sensor_id="gateway", value=Heartbeat(), observed_at=None if off else _sent(call)),)
    readings, doubts = _admitted(call, drafts, rules, mark=mark, off=off)
    refusals = tuple(refusal(each, call.received_at, call.body, call.account) for each in found.faults)
    kept = tuple(refusal(each, call.received_at, call.body, call.account, kept=True) for each in doubts)
    answer = Answer.DUH if found.faults and not found.known else Answer.NAK if off else Answer.ACK
    intake = Intake(readings=readings, refusals=(*refusals, *kept), home_id=call.account.home_id)
    return Reception(intake=intake, answer=answer, ignored=found.known - len(found.drafts))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    drafts: tuple[Draft, ...]
    faults: tuple[Malformed, ...]
    #: Events whose code is known, whether or not they mean something to us.
    known: int


def _understood(call: Call, rules: Rules, *, believed: bool) -> _Found:
    profile = rules.profiles.get(call.account.profile) or rules.profiles[DEFAULT]
    seen_at = _seen(call) if believed else None
    unreadable = believed and bool(call.content.said) and seen_at is None
    drafts: list[Draft] = []
    faults: dict[str, Malformed] = {}
    known = 0
    for event in _events(call):
        meant = event if isinstance(event, Malformed) else understand(event, profile) or _unknown(event, profile)
        if isinstance(meant, Malformed):
            faults[meant.detail] = meant
            continue
        known += 1
        if meant.value is not None and isinstance(event, Event):
            sensor = PANEL if meant.of_the_panel else call.account.sensor_of(event.zone)
            drafts.append(
                Draft(sensor_id=sensor, value=meant.value, observed_at=seen_at, time_unreadable=unreadable)
            )  # fmt: skip
    return _Found(drafts=tuple(drafts), faults=tuple(faults.values()), known=known)


def _unknown(event: Event, profile: Profile) -> Malformed:
    detail = f"the profile {profile.name} does not name {event.scheme} {event.code}"
    return Malformed(reason=RefusalReason.UNKNOWN_CODE, detail=detail)


def _events(call: Call) -> Read:
    told = account_in(call.content.data)[1]
    match call.frame.token:
        case "NULL":
            return ()
        case "ADM-CID":
            return contact_id(told)
        case "SIA-DCS":
            return sia(told)
        case _:
            return (Malformed(reason=RefusalReason.UNKNOWN_CODE, detail="expected ADM-CID, SIA-DCS or NULL"),)


def _sent(call: Call) -> datetime | None:
    return call.content.said_at


def _seen(call: Call) -> datetime | None:
    """Tell when it happened: the extra field H says so; without it, when the frame was sent."""
    told = next((each[1:] for each in call.content.extra if each.startswith("H")), "")
    return Content(said=told).said_at or _sent(call)


def _off(call: Call, rules: Rules) -> Malformed | None:
    """Tell what is wrong with the time of an encrypted message; in clear none is asked for."""
    if not call.frame.encrypted:
        return None
    sent = _sent(call)
    if sent is None:
        return Malformed(reason=RefusalReason.TIME_UNREADABLE, detail="an encrypted message must say its time")
    ago = call.received_at - sent
    if -rules.ahead <= ago <= rules.behind:
        return None
    return Malformed(reason=RefusalReason.CLOCK_OFF, detail=f"sent {ago.total_seconds():+.0f} s before it arrived")


def _admitted(
    call: Call, drafts: tuple[Draft, ...], rules: Rules, *, mark: int, off: Malformed | None
) -> tuple[tuple[Reading, ...], tuple[Malformed, ...]]:
    sender = Sender(
        home_id=call.account.home_id,
        received_at=call.received_at,
        retained=False,
        mark=Mark(session=mark, seq=call.frame.seq),
        late_after=rules.late_after,
    )
    admitted = [admit(draft, sender, place) for place, draft in enumerate(drafts)]
    readings = tuple(each.reading for each in admitted if isinstance(each, Admitted))
    if off:  # taken at its arrival, for an event is never dropped, and marked
        return tuple(msgspec.structs.replace(each, clock_doubted=True) for each in readings), (off,)
    doubts = [each if isinstance(each, Malformed) else each.doubt for each in admitted]
    return readings, tuple({doubt.reason: doubt for doubt in doubts if doubt}.values())


def mark_of(account: Account, frame: Frame, content: Content, received_at: datetime) -> int:
    """Derive what tells a message from all others: its account, number, content and time, by which it is known again.

    A message that says no time is told apart by its arrival; whoever hears it twice must remember (see `Repeats`).
    """
    said = content.said or received_at.isoformat()
    return _digest(str(account.place), f"{frame.seq}", content.data, *content.extra, said)


def sameness(account: Account, frame: Frame, content: Content) -> int:
    """Derive what a second sending of the same message has in common with the first, whatever its time says."""
    return _digest(str(account.place), f"{frame.seq}", frame.token, content.data, *content.extra)


def _digest(*parts: str) -> int:
    return int.from_bytes(blake2b("\x1f".join(parts).encode(), digest_size=12).digest(), "big")


def refusal(
    fault: Malformed, received_at: datetime, body: bytes, account: Account | None = None, *, kept: bool = False
) -> Refusal:
    """Write the dead letter of a fault."""
    return Refusal(
        reason=fault.reason,
        detail=fault.detail,
        topic=f"dc09/{account.place.account}" if account else "dc09",
        received_at=received_at,
        home_id=account.home_id if account else None,
        payload=body[:KEPT_PAYLOAD],
        payload_bytes=len(body),
        kept=kept,
    )


def reply(answer: Answer, frame: Frame, key: bytes | None, *, now: datetime, noise: bytes) -> bytes | None:
    """Write the answer: encrypted when the question was, but NAK never; it tells our time to whose clock is off."""
    if answer is Answer.NOTHING:
        return None
    said = time_of(now)
    if answer is Answer.NAK:
        # Without any account: a panel whose clock is off need not be told from another.
        return write(Frame(token="NAK", seq=0, receiver="0", line="0A0", content=Content(said=said)))
    content: Content | bytes = Content()
    if frame.encrypted and key:
        content = seal(Content(said=said), key, noise)
    return write(replace(frame, token=answer, content=content))
