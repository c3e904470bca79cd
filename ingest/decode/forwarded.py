"""Messages of other dialects as a gateway of ours forwards them: numbered, with the time at which it heard each.

A device's own message has no number, so nobody could tell its gateway what Kafka holds. Wrapped like this it has one.
"""

import binascii
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from contracts import RefusalReason
from contracts.values import DeviceStatus, GatewayStatus
from ingest.declarations import learn
from ingest.decode.native import Count, Moment
from ingest.decode.text import MOST_LISTED, MOST_PARTS, json_of
from ingest.decode.times import instant
from ingest.learned import Known
from ingest.message import LONGEST_TOPIC, Address, Decoded, Draft, GatewayMessage, Malformed, Mark, unreadable

Decoder = Callable[[GatewayMessage, Address, Known], Decoded]

#: What only says how things stand may be told again; a retained reading is the broker's memory.
_STANDING: Final = (DeviceStatus, GatewayStatus)
#: Each is read in a dialect of its own.
_MOST_MESSAGES: Final = 200
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class _Forwarded(msgspec.Struct, frozen=True, kw_only=True):
    dialect: str
    #: The device's own topic.
    topic: str
    payload: str = ""
    #: Stands for the payload where it is not text.
    base64: str | None = None
    #: When the gateway heard it.
    at: Moment = None
    retained: bool = False


class _Wrap(msgspec.Struct, frozen=True, kw_only=True):
    messages: tuple[_Forwarded, ...]
    home: str | None = None
    session: Count | None = None
    seq: Count | None = None
    oldest: Count | None = None


_wrap: Final = msgspec.json.Decoder(_Wrap)


def decode(message: GatewayMessage, address: Address, known: Known, *, inner: Decoder) -> Decoded:
    """Read each forwarded message in its own dialect by `inner`; a bad one does not silence the others."""
    try:
        wrap = _wrap.decode(message.payload)
    except _UNREADABLE:
        return Decoded(faults=(_fault(message.payload),))
    if wrap.home is not None and wrap.home != address.home_id:
        return unreadable(RefusalReason.ANOTHER_HOME, "the payload claims another home than its topic")
    if fault := _overfull(wrap.messages):
        # Without its mark: in smaller parts it may come again.
        return Decoded(faults=(fault,))
    parts = list(_each(wrap.messages, message, address, known, inner))
    mark = Mark(session=wrap.session, seq=wrap.seq, oldest=wrap.oldest) if wrap.seq is not None else None
    return Decoded(
        drafts=tuple(draft for part in parts for draft in part.drafts),
        faults=tuple(fault for part in parts for fault in part.faults),
        declared=tuple(each for part in parts for each in part.declared),
        commands=tuple(dict.fromkeys(each for part in parts for each in part.commands)),
        mark=mark,
    )


def _overfull(messages: Sequence[_Forwarded]) -> Malformed | None:
    """Refuse what would hold up every other home; a single message may be as large as its own dialect lets it be."""
    # What is not text says more in fewer bytes.
    values = sum(each.payload.count(",") + len(each.base64 or "") // 16 for each in messages)
    if len(messages) <= 1 or (len(messages) <= _MOST_MESSAGES and values <= MOST_PARTS):
        return None
    detail = f"expected at most {_MOST_MESSAGES} messages of {MOST_PARTS} values at once"
    return Malformed(reason=RefusalReason.TOO_LARGE, detail=detail)


def _each(
    forwarded: Iterable[_Forwarded], message: GatewayMessage, address: Address, known: Known, inner: Decoder
) -> Iterator[Decoded]:
    """Read one after the other: what a message declares, those behind it in the same wrap already mean."""
    declared = dict(known.declared)
    learning = replace(known, declared=declared)
    for each in forwarded:
        opened = _opened(each, message, address, learning, inner)
        learn(declared, opened.declared)
        yield opened


def _opened(forwarded: _Forwarded, message: GatewayMessage, address: Address, known: Known, inner: Decoder) -> Decoded:
    payload = _payload(forwarded)
    if payload is None:
        return unreadable(RefusalReason.WRONG_SHAPE, "expected base64 in a forwarded message")
    if forwarded.dialect == "forwarded" or not 0 < len(forwarded.topic) <= LONGEST_TOPIC:
        return unreadable(RefusalReason.WRONG_SHAPE, "expected a device's dialect and topic in a forwarded message")
    heard_at = instant(forwarded.at)
    own = replace(address, dialect=forwarded.dialect, path=tuple(forwarded.topic.split("/")))
    # What a dialect counts from now, it counts from when the gateway heard it.
    heard = replace(message, payload=payload, received_at=heard_at or message.received_at, retained=forwarded.retained)
    decoded = inner(heard, own, known)
    drafts = (_timed(draft, forwarded, heard_at) for draft in decoded.drafts)
    kept = tuple(draft for draft in drafts if not forwarded.retained or isinstance(draft.value, _STANDING))
    return replace(decoded, drafts=kept, mark=None)


def _timed(draft: Draft, forwarded: _Forwarded, heard_at: datetime | None) -> Draft:
    """Give a draft that does not say when the time at which its gateway heard it."""
    if draft.observed_at is not None or draft.time_unreadable or forwarded.at is None:
        return draft
    return replace(draft, observed_at=heard_at, time_unreadable=heard_at is None)


def _payload(forwarded: _Forwarded) -> bytes | None:
    if forwarded.base64 is None:
        return forwarded.payload.encode(errors="replace")
    try:
        return binascii.a2b_base64(forwarded.base64, strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def _fault(payload: bytes) -> Malformed:
    value = json_of(payload, most_parts=MOST_LISTED)
    if isinstance(value, Malformed):
        return value
    return Malformed(
        reason=RefusalReason.WRONG_SHAPE, detail="expected an object with messages, each with dialect and topic"
    )
