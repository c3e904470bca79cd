"""The house's own dialect: JSON whose values are exactly those of the contracts."""

from datetime import datetime
from typing import Annotated, Final, get_args

import msgspec

from contracts import RefusalReason, SensorId, Value
from contracts.values import GatewayStatus
from ingest.decode.text import MOST_LISTED, json_of
from ingest.decode.times import instant
from ingest.learned import Known
from ingest.message import MOST_READINGS, Address, Decoded, Draft, GatewayMessage, Malformed, Mark, unreadable

Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Moment = str | int | float | None


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    sensor: SensorId
    value: Value
    at: Moment = None


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    home: str | None = None
    session: Count | None = None
    seq: Count | None = None
    oldest: Count | None = None
    #: Stands for readings that do not say when.
    at: Moment = None


class _Envelope(_Head, frozen=True, kw_only=True):
    readings: tuple[_Told, ...]


class _Sealed(_Head, frozen=True, kw_only=True):
    readings: tuple[msgspec.Raw, ...]


class _Tag(msgspec.Struct, frozen=True, kw_only=True):
    kind: str


class _Tagged(msgspec.Struct, frozen=True, kw_only=True):
    value: _Tag


_envelope: Final = msgspec.json.Decoder(_Envelope)
_sealed: Final = msgspec.json.Decoder(_Sealed)
_told: Final = msgspec.json.Decoder(_Told)
_tagged: Final = msgspec.json.Decoder(_Tagged)
_KINDS: Final = frozenset(str(kind.__struct_config__.tag) for kind in get_args(Value))
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read the readings of a message; a bad one among them does not silence the others."""
    try:
        envelope = _envelope.decode(message.payload)
    except _UNREADABLE:
        return _piecemeal(message, address)
    return _opened(envelope, envelope.readings, (), address)


def _piecemeal(message: GatewayMessage, address: Address) -> Decoded:
    try:
        sealed = _sealed.decode(message.payload)
    except _UNREADABLE:
        return Decoded(faults=(_fault_of_the_whole(message.payload),))
    if len(sealed.readings) > MOST_READINGS:
        # Without its mark: in smaller parts it may come again. Each would be looked at twice to say what is wrong.
        return unreadable(RefusalReason.TOO_LARGE, f"expected at most {MOST_READINGS} readings at once")
    opened = [_open(raw) for raw in sealed.readings]
    told = tuple(each for each in opened if isinstance(each, _Told))
    faults = tuple(each for each in opened if isinstance(each, Malformed))
    return _opened(sealed, told, faults, address)


def _opened(head: _Head, readings: tuple[_Told, ...], faults: tuple[Malformed, ...], address: Address) -> Decoded:
    if head.home is not None and head.home != address.home_id:
        # Without its mark: the count of another home's gateway would fill gaps of this one's.
        return unreadable(RefusalReason.ANOTHER_HOME, "the payload claims another home than its topic")
    mark = Mark(session=head.session, seq=head.seq, oldest=head.oldest) if head.seq is not None else None
    return Decoded(drafts=tuple([_draft(each, head.at) for each in readings]), faults=faults, mark=mark)


def _draft(told: _Told, at: Moment) -> Draft:
    written = at if told.at is None else told.at
    if written is None or _is_last_will(told.value):
        return Draft(sensor_id=told.sensor, value=told.value)
    seen: datetime | None = instant(written)
    return Draft(sensor_id=told.sensor, value=told.value, observed_at=seen, time_unreadable=seen is None)


def _is_last_will(value: Value) -> bool:
    # A will is written when the gateway connects, so its time is not the time of its death: arrival is.
    return isinstance(value, GatewayStatus) and value.online is False


def _open(raw: msgspec.Raw) -> _Told | Malformed:
    try:
        return _told.decode(raw)
    except UnicodeDecodeError:
        return Malformed(reason=RefusalReason.NOT_TEXT, detail="expected UTF-8 in a reading")
    except (msgspec.MsgspecError, RecursionError):
        return _fault_of_one(raw)


def _fault_of_one(raw: msgspec.Raw) -> Malformed:
    try:
        kind = _tagged.decode(raw).value.kind
    except _UNREADABLE:
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected a reading with sensor and value")
    if kind not in _KINDS:
        return Malformed(reason=RefusalReason.NOTHING_WE_KNOW, detail="a kind of value that the contracts do not have")
    return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=f"expected sensor and fields of a {kind}")


def _fault_of_the_whole(payload: bytes) -> Malformed:
    value = json_of(payload, most_parts=MOST_LISTED)
    if isinstance(value, Malformed):
        return value
    detail = "expected an object with readings, and session, seq, home where given"
    return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=detail)
