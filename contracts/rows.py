"""A reading as a row of the table `reading`: one number where it says all, and fields only where there is a rest.

History writes it; history and whoever replays what happened read it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple, get_args

import msgspec

from contracts.ids import HomeId, ReadingId, SensorId
from contracts.readings import Reading
from contracts.values import (
    ButtonAction,
    CheckAnswer,
    Contact,
    GatewayStatus,
    HelpButton,
    Medication,
    Motion,
    Presence,
    Value,
    Voice,
    WaterFlow,
    kind_of,
)

#: The number of a kind is its place here, from 1. Rows hold the number: add at the end, never move or remove.
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
    "self_test",
)
_NUMBER_OF: Final = {kind: number for number, kind in enumerate(KINDS, start=1)}

#: The kinds in which a sensor can see that somebody moves.
MOVING_KINDS: Final = frozenset(
    {"motion", "contact", "help_button", "water_flow", "presence", "voice", "medication"},
)


class Sign(IntEnum):
    """What a reading says of life in the home."""

    #: The broker said it, not the home: a last will.
    NONE = 0
    HEARD = 1
    MOVED = 2


Scalar = float | bool | str | None


class ReadingRow(NamedTuple):
    """A row of the table `reading`, in the order of its columns."""

    ts: datetime
    received_at: datetime
    value: float | None
    kind: int
    sign: int
    late: bool
    clock_doubted: bool
    home_id: str
    sensor: str
    reading_id: bytes
    detail: dict[str, Scalar] | None


def _one_of(words: type[StrEnum]) -> Callable[[float], str]:
    return lambda number: list(words)[int(number)]


#: The field that becomes the number, and how the number becomes the field again.
_MAIN: Final[Mapping[str, tuple[str, Callable[[float], Scalar]]]] = {
    **dict.fromkeys(
        ("motion", "fall", "smoke", "heat", "gas", "carbon_monoxide", "water_leak", "tamper", "stillness"),
        ("active", bool),
    ),
    "self_test": ("passed", bool),
    "contact": ("open", bool),
    "occupancy": ("occupied", bool),
    "help_button": ("action", _one_of(ButtonAction)),
    "temperature": ("celsius", float),
    "humidity": ("percent", float),
    "illuminance": ("lux", float),
    "power": ("watts", float),
    "energy": ("kilowatt_hours", float),
    "water_flow": ("litres_per_minute", float),
    "vital_signs": ("heart_per_minute", float),
    "presence": ("present", bool),
    "voice": ("answer", _one_of(CheckAnswer)),
    "medication": ("taken", bool),
    "battery": ("percent", float),
    "link_quality": ("score", float),
    "device_status": ("online", bool),
    "gateway_status": ("online", bool),
}
#: Stands among the fields where a clock was corrected; no value has a field of this name.
_CLOCK: Final = "clock_offset_seconds"
_NO_MAIN: Final[tuple[str, Callable[[float], Scalar]]] = ("", float)
#: The type of a kind, and the fields that are not its number with what they usually say; made once, rows are many.
_TYPE_OF: Final = {str(value.__struct_config__.tag): value for value in get_args(Value)}
_REST: Final = {
    kind: tuple(
        (field.name, field.default)
        for field in msgspec.structs.fields(value)
        if field.name != _MAIN.get(kind, _NO_MAIN)[0]
    )
    for kind, value in _TYPE_OF.items()
}


def row_of(reading: Reading) -> ReadingRow:
    """Write a reading as a row; nothing of it is lost."""
    kind = kind_of(reading.value)
    value, detail = _taken_apart(reading.value, kind)
    if reading.clock_offset_seconds:
        detail = {**(detail or {}), _CLOCK: reading.clock_offset_seconds}
    return ReadingRow(
        ts=reading.observed_at,
        received_at=reading.received_at,
        value=value,
        kind=_NUMBER_OF[kind],
        sign=int(sign_of(reading.value)),
        late=reading.late,
        clock_doubted=reading.clock_doubted,
        home_id=reading.home_id,
        sensor=reading.sensor_id,
        reading_id=key_of(reading.reading_id),
        detail=detail,
    )


def reading_of(row: ReadingRow) -> Reading:
    """Read a row as the reading that it was."""
    kind = KINDS[row.kind - 1]
    field, restore = _MAIN.get(kind, _NO_MAIN)
    main = {field: restore(row.value)} if row.value is not None else {}
    detail = dict(row.detail or {})
    clock_offset = detail.pop(_CLOCK, None)
    return Reading(
        reading_id=ReadingId(row.reading_id.hex() if len(row.reading_id) == 12 else row.reading_id.decode()),
        home_id=HomeId(row.home_id),
        sensor_id=SensorId(row.sensor),
        observed_at=row.ts.astimezone(UTC),
        received_at=row.received_at.astimezone(UTC),
        value=_value_of(kind, main | detail),
        late=row.late,
        clock_offset_seconds=float(clock_offset or 0),
        clock_doubted=row.clock_doubted,
    )


def sign_of(value: Value) -> Sign:
    """Tell what a value says of life in the home; the same values as in the detectors are movements."""
    match value:
        case Motion(active=True) | Presence(present=True) | Medication(taken=True) | Contact():
            return Sign.MOVED
        case HelpButton(action=ButtonAction.PRESSED) | Voice(answer=CheckAnswer.HELP | CheckAnswer.FINE):
            return Sign.MOVED
        case WaterFlow(litres_per_minute=float(flow)) if flow > 0:
            return Sign.MOVED
        case GatewayStatus(online=False):
            return Sign.NONE
        case _:
            return Sign.HEARD


def key_of(reading_id: str) -> bytes:
    """Write a reading's id in half the space; an id that is not derived as ours are is kept as it is."""
    try:
        key = bytes.fromhex(reading_id)
    except ValueError:
        return reading_id.encode()
    return key if key.hex() == reading_id and len(key) == 12 else reading_id.encode()


def _taken_apart(value: Value, kind: str) -> tuple[float | None, dict[str, Scalar] | None]:
    main = _MAIN.get(kind, _NO_MAIN)[0]
    number = _number_of(getattr(value, main)) if main else None
    rest = {name: part for name, usual in _REST[kind] if (part := getattr(value, name)) != usual}
    return number, rest or None


def _number_of(part: Scalar) -> float | None:
    match part:
        case None:
            return None
        case StrEnum():
            return float(list(type(part)).index(part))
        case _:
            return float(part)


def _value_of(kind: str, fields: dict[str, Scalar]) -> Value:
    value: Value = msgspec.convert({"kind": kind} | fields, _TYPE_OF[kind])
    return value
