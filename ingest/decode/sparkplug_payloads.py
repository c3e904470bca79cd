"""A Sparkplug B payload as values: its metrics with their times, and the count of its node's messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from google.protobuf.message import DecodeError, Message

from contracts import RefusalReason
from ingest.decode.sparkplug_schema import PAYLOAD
from ingest.decode.times import instant
from ingest.message import Malformed

#: One payload holds so many metrics at most: two bytes make one.
MOST_METRICS: Final = 1_500
_BOOLEAN: Final = 11
_SIGNED: Final[Mapping[int, int]] = {1: 8, 2: 16, 3: 32, 4: 64}
_VALUES: Final = ("int_value", "long_value", "float_value", "double_value", "boolean_value", "string_value")
#: How people call the property that tells the unit.
_UNITS: Final = frozenset({"engunit", "unit", "units", "engineeringunits", "eng_unit"})

_LONGEST_UNIT: Final = 16

Plain = bool | int | float | str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One metric, or what is said of it."""

    #: Empty where only the alias stands for it.
    name: str
    alias: int | None
    datatype: int
    value: Plain
    at: datetime | None
    unit: str = ""
    historical: bool = False
    time_unreadable: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Payload:
    """What one message holds."""

    metrics: tuple[Metric, ...]
    at: datetime | None
    seq: int | None


Said = Mapping[str, object]


def read(data: bytes) -> Payload | Malformed:
    """Read a payload, or say why it is none."""
    try:
        said = _fields(PAYLOAD.FromString(data))
    except DecodeError:
        return Malformed(reason=RefusalReason.NOT_PROTOBUF, detail="expected a payload of Sparkplug B in protobuf")
    metrics = _each(said, "metrics")
    if len(metrics) > MOST_METRICS:
        return Malformed(reason=RefusalReason.TOO_LARGE, detail=f"expected at most {MOST_METRICS} metrics in a payload")
    sent_at_ms = _number(said, "timestamp") or 0
    return Payload(
        metrics=tuple(_metric(_fields(each), sent_at_ms) for each in metrics),
        at=instant(sent_at_ms) if sent_at_ms else None,
        seq=_number(said, "seq"),
    )


def _fields(wire: Message) -> Said:
    """Name the fields that were sent."""
    return {field.name: value for field, value in wire.ListFields()}


def _each(said: Said, name: str) -> Sequence[Message]:
    several = said.get(name)
    return several if isinstance(several, Sequence) else ()


def _number(said: Said, name: str) -> int | None:
    value = said.get(name)
    return value if isinstance(value, int) else None


def _metric(said: Said, sent_at_ms: int) -> Metric:
    at_ms = _number(said, "timestamp") or sent_at_ms
    at = instant(at_ms) if at_ms else None
    return Metric(
        name=_text(said.get("name")),
        alias=_number(said, "alias"),
        datatype=_number(said, "datatype") or 0,
        value=None if said.get("is_null") else _value(said),
        at=at,
        unit=_unit(said.get("properties")),
        historical=bool(said.get("is_historical")),
        time_unreadable=bool(at_ms) and at is None,
    )


def _value(said: Said) -> Plain:
    value = next((said[name] for name in _VALUES if name in said), None)
    if isinstance(value, bytes):
        return _text(value)
    return value if isinstance(value, bool | int | float) else None


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def typed(value: Plain, datatype: int) -> Plain:
    """Read a value by the type that its birth gave it: negative numbers travel as large ones, flags as numbers."""
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    if datatype == _BOOLEAN:
        return bool(value)
    bits = _SIGNED.get(datatype)
    if bits is None:
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _unit(properties: object) -> str:
    if not isinstance(properties, Message):
        return ""
    said = _fields(properties)
    keys = [_text(key).lower().replace(" ", "") for key in _each(said, "keys")]
    for key, value in zip(keys, _each(said, "values"), strict=False):
        if key in _UNITS:
            return _text(_fields(value).get("string_value"))[:_LONGEST_UNIT]
    return ""
