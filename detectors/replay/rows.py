"""A row of history's table `reading` as the reading that it was: one number, and the rest as fields."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple, get_args

import msgspec

from contracts import HomeId, Reading, ReadingId, SensorId, Value
from contracts.values import ButtonAction, CheckAnswer

#: What the number of a kind means is fixed by the table: kinds are only added, at the end.
KINDS: Final = (
    "motion",
    "contact",
    "occupancy",
    "help_button",
    "fall",
    "smoke",
    "heat",
    "gas",
    "carbon_monoxide",
    "water_leak",
    "temperature",
    "humidity",
    "illuminance",
    "power",
    "energy",
    "water_flow",
    "vital_signs",
    "presence",
    "voice",
    "medication",
    "battery",
    "tamper",
    "link_quality",
    "heartbeat",
    "device_status",
    "gateway_status",
    "test_pressed",
    "stillness",
)
_TYPE_OF: Final = {str(value.__struct_config__.tag): value for value in get_args(Value)}
#: The field that is written as the number; words are written as their place, truths as 0 and 1.
_MAIN: Final[Mapping[str, str]] = {
    **dict.fromkeys(("motion", "fall", "smoke", "heat", "gas", "carbon_monoxide"), "active"),
    **dict.fromkeys(("water_leak", "tamper", "stillness"), "active"),
    "contact": "open",
    "occupancy": "occupied",
    "help_button": "action",
    "temperature": "celsius",
    "humidity": "percent",
    "illuminance": "lux",
    "power": "watts",
    "energy": "kilowatt_hours",
    "water_flow": "litres_per_minute",
    "vital_signs": "heart_per_minute",
    "presence": "present",
    "voice": "answer",
    "medication": "taken",
    "battery": "percent",
    "link_quality": "score",
    "device_status": "online",
    "gateway_status": "online",
}
_WORDS: Final[Mapping[str, type[StrEnum]]] = {"action": ButtonAction, "answer": CheckAnswer}
_TRUTHS: Final = frozenset({"active", "open", "occupied", "present", "taken", "online"})
#: An id that was derived as ours are is kept in so many bytes.
_ID_BYTES: Final = 12

Scalar = float | bool | str | None


class Row(NamedTuple):
    """The columns that are asked for, in their order."""

    ts: datetime
    received_at: datetime
    value: float | None
    kind: int
    late: bool
    clock_doubted: bool
    home_id: str
    sensor: str
    reading_id: bytes
    detail: dict[str, Scalar] | None


def reading_of(row: Row) -> Reading:
    """Read a row; by how much a clock was corrected is not kept in it."""
    kind = KINDS[row.kind - 1]
    key = bytes(row.reading_id)
    return Reading(
        reading_id=ReadingId(key.hex() if len(key) == _ID_BYTES else key.decode()),
        home_id=HomeId(row.home_id),
        sensor_id=SensorId(row.sensor),
        observed_at=row.ts.astimezone(UTC),
        received_at=row.received_at.astimezone(UTC),
        value=_value_of(kind, row.value, row.detail or {}),
        late=row.late,
        clock_doubted=row.clock_doubted,
    )


def _value_of(kind: str, number: float | None, rest: Mapping[str, Scalar]) -> Value:
    fields: dict[str, Scalar] = {"kind": kind, **rest}
    if number is not None:
        name = _MAIN[kind]
        fields[name] = _field(name, number)
    value: Value = msgspec.convert(fields, _TYPE_OF[kind])
    return value


def _field(name: str, number: float) -> Scalar:
    if name in _WORDS:
        return list(_WORDS[name])[int(number)]
    return bool(number) if name in _TRUTHS else number
