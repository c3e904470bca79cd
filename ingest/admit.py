"""Admit or refuse: a draft becomes a reading of a home that we know, or a refusal with its reason."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from contracts import HomeId, Reading, RefusalReason, SensorId, Value, kind_of, reading_id
from contracts.values import DeviceStatus, GatewayStatus
from ingest.message import Draft, Malformed, Mark

#: A sender's clock is believed between these two, counted from arrival.
OLDEST: Final = timedelta(hours=24)
NEWEST: Final = timedelta(minutes=2)
#: A live time so near to its arrival is right, whatever is known of the gateway's clock.
RIGHT: Final = timedelta(seconds=5)
#: What is further away is no time at all: nothing can be added to the last day of the calendar.
LONGEST: Final = timedelta(days=36_525)
#: Longer names are no names: they would swell every record that carries them.
LONGEST_SENSOR_ID: Final = 128
#: What can be, by field; beyond it the sensor is broken or the unit is wrong.
POSSIBLE: Final[Mapping[str, tuple[float, float]]] = {
    "celsius": (-60, 150),
    "percent": (0, 100),
    "lux": (0, 200_000),
    "watts": (-100_000, 100_000),
    "kilowatt_hours": (-1e9, 1e9),
    "litres_per_minute": (0, 10_000),
    "litres_total": (0, 1e10),
    "heart_per_minute": (0, 400),
    "breath_per_minute": (0, 200),
    "ppm": (0, 1e6),
    "score": (-1_000, 10_000),
    "channel": (0, 255),
    "session": (0, 2**63 - 1),
    "lost_messages": (0, 2**53),
}


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for all drafts of one message."""

    home_id: HomeId
    received_at: datetime
    retained: bool
    mark: Mark | None
    late_after: timedelta
    #: What must be added to the times that it says, because its clock is known to be wrong.
    clock_offset: timedelta = timedelta(0)


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A reading, and a doubt about its clock when there is one: the value is kept, the doubt is told."""

    reading: Reading
    doubt: Malformed | None = None


def admit(draft: Draft, sender: Sender, place: int) -> Admitted | Malformed:
    """Check one draft; `place` is its place in the message, by which it is named."""
    if sender.retained and not isinstance(draft.value, DeviceStatus | GatewayStatus):
        return Malformed(reason=RefusalReason.RETAINED_REPLAY, detail="only a status may be told again by the broker")
    if not (0 < len(draft.sensor_id) <= LONGEST_SENSOR_ID and draft.sensor_id.isprintable()):
        detail = f"expected a sensor's name of 1 to {LONGEST_SENSOR_ID} printable characters"
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=detail)
    if impossible := _impossible(draft.value):
        return Malformed(reason=RefusalReason.IMPOSSIBLE_VALUE, detail=impossible)
    return _admitted(draft, sender, place)


def _impossible(value: Value) -> str:
    for field in value.__struct_fields__:
        limits = POSSIBLE.get(field)
        number = getattr(value, field) if limits else None
        if limits and number is not None and not (math.isfinite(number) and limits[0] <= number <= limits[1]):
            return f"expected {field} between {limits[0]:g} and {limits[1]:g}"
    return ""


def _admitted(draft: Draft, sender: Sender, place: int) -> Admitted:
    # What the broker tells again is true now; when it became true, only the first telling said.
    said = None if sender.retained else draft.observed_at
    seen = said + sender.clock_offset if said and _corrects(draft, said, sender) else said
    doubt = None if sender.retained else _doubt(draft, seen, sender.received_at)
    observed_at = sender.received_at if doubt or seen is None else seen
    kind = kind_of(draft.value)
    reading = Reading(
        reading_id=reading_id(sender.home_id, draft.sensor_id, kind=kind, mark=_mark(draft, sender, place)),
        home_id=sender.home_id,
        sensor_id=SensorId(draft.sensor_id),
        observed_at=observed_at,
        received_at=sender.received_at,
        value=draft.value,
        late=draft.historical or sender.received_at - observed_at > sender.late_after,
        clock_offset_seconds=0.0
        if said is None or (seen == said and not doubt)
        else (observed_at - said).total_seconds(),
        clock_doubted=doubt is not None,
    )
    return Admitted(reading=reading, doubt=doubt)


def _corrects(draft: Draft, said: datetime, sender: Sender) -> bool:
    """Tell whether a time is corrected: one that is right as it was said comes from a clock that was set meanwhile."""
    away = abs(sender.received_at - said)
    return bool(sender.clock_offset) and (draft.historical or away > RIGHT) and away < LONGEST


def _doubt(draft: Draft, seen: datetime | None, received_at: datetime) -> Malformed | None:
    if draft.time_unreadable:
        return Malformed(
            reason=RefusalReason.TIME_UNREADABLE, detail="expected ISO 8601 with an offset, or milliseconds"
        )
    if seen is None:
        return None
    ago = received_at - seen
    if ago > OLDEST:
        return Malformed(reason=RefusalReason.TIME_TOO_OLD, detail=f"seen {ago} before it arrived")
    if ago < -NEWEST:
        return Malformed(reason=RefusalReason.TIME_IN_FUTURE, detail=f"seen {-ago} after it arrived")
    return None


def _mark(draft: Draft, sender: Sender, place: int) -> str:
    """Tell this reading from its neighbours by what a second arrival of the same message says again."""
    said = draft.observed_at
    if sender.mark and sender.mark.session is not None:
        return f"{sender.mark.session}:{sender.mark.seq}:{place}"
    at = (said or sender.received_at).isoformat()
    if sender.mark:  # without a session the count may begin again, so the time stands beside it
        return f"{sender.mark.seq}:{place}:{said.isoformat() if said else ''}"
    return f"{at}:{msgspec.json.encode(draft.value).decode()}"
