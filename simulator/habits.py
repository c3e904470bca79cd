"""What a resident's day does to meters: television, cooking, water, heart and breath, an answer, a dose.

Only a home that registered such a sensor has the habit. In the kitchen a plug feeds a stove, elsewhere a television.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts import SensorId, Value, WatchedSensor
from contracts.values import CheckAnswer, Medication, Power, VitalSigns, Voice, WaterFlow
from simulator.dice import between
from simulator.rhythm import OUT, Stay

#: A plug and a water meter report so often, whatever happens.
REPORTS_EVERY: Final = timedelta(minutes=10)
#: A radar tells heart and breath so often while somebody sleeps.
PULSE_EVERY: Final = timedelta(minutes=2)
#: Nobody cooks for longer.
COOKS_FOR: Final = timedelta(minutes=20)
#: A tap runs for so long in each visit to a wet room.
RUNS_FOR: Final = timedelta(minutes=3)
_DAY: Final = timedelta(days=1)
_WET: Final = ("bathroom", "kitchen")


@dataclass(frozen=True, kw_only=True)
class Habit:
    """What one sensor tells at one moment."""

    sensor_id: SensorId
    at: datetime
    value: Value


@dataclass(frozen=True, kw_only=True)
class _Day:
    seed: int
    begins: datetime
    stays: Sequence[Stay]

    def at(self, hours: float) -> datetime:
        return self.begins + timedelta(hours=hours)


def habits_of(
    seed: int, day: date, timezone: str, sensors: Sequence[WatchedSensor], stays: Sequence[Stay]
) -> Iterator[Habit]:
    """Tell what meters see of one day, in any order."""
    # In UTC: hours are added to it, and a day may have 23 of them.
    begins = datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
    lived = _Day(seed=seed, begins=begins, stays=stays)
    for sensor in sensors:
        for at, value in _told(sensor, lived):
            yield Habit(sensor_id=sensor.sensor_id, at=at, value=value)


def _told(sensor: WatchedSensor, day: _Day) -> Iterator[tuple[datetime, Value]]:
    match sensor.kind:
        case "power":
            yield from _power(sensor, day)
        case "water_flow":
            yield from _water(day)
        case "vital_signs":
            yield from _pulse(day)
        case "voice":
            yield day.at(between(9, 11, day.seed, "call")), Voice(answer=CheckAnswer.FINE)
        case "medication":
            for hour in (8, 19):
                yield day.at(hour + between(0, 0.4, day.seed, "dose", hour)), Medication(taken=True)
        case _:
            return


def _power(sensor: WatchedSensor, day: _Day) -> Iterator[tuple[datetime, Value]]:
    stove = sensor.room == "kitchen"
    idle, busy = (1.5, 1400.0) if stove else (0.6, 85.0)
    spans = [
        _cooked(stay) if stove else (stay.from_at, stay.until_at)
        for stay in _stays(day, "kitchen" if stove else "living")
    ]
    for at in _ticks(day):
        on = any(begins <= at < ends for begins, ends in spans)
        watts = busy * between(0.9, 1.1, day.seed, at.isoformat()) if on else idle
        yield at, Power(watts=round(watts, 1))
    for begins, ends in spans:
        yield begins, Power(watts=busy)
        yield ends, Power(watts=idle)


def _cooked(stay: Stay) -> tuple[datetime, datetime]:
    begins = stay.from_at + (stay.until_at - stay.from_at) / 4
    return begins, min(begins + COOKS_FOR, stay.until_at)


def _water(day: _Day) -> Iterator[tuple[datetime, Value]]:
    for at in _ticks(day):
        yield at, WaterFlow(litres_per_minute=0.0)
    for room in _WET:
        for stay in _stays(day, room):
            begins = stay.from_at + (stay.until_at - stay.from_at) / 3 + timedelta(seconds=7)
            yield begins, WaterFlow(litres_per_minute=4.5)
            yield begins + RUNS_FOR, WaterFlow(litres_per_minute=0.0)


def _pulse(day: _Day) -> Iterator[tuple[datetime, Value]]:
    rest = between(56, 74, day.seed, "heart")
    for stay in _stays(day, "bedroom"):
        at = stay.from_at
        while at < stay.until_at:
            heart = rest + between(-6, 6, day.seed, at.isoformat())
            yield at, VitalSigns(heart_per_minute=round(heart), breath_per_minute=round(heart / 4.6))
            at += PULSE_EVERY


def _stays(day: _Day, room: str) -> list[Stay]:
    return [stay for stay in day.stays if stay.room == room and stay.room != OUT]


def _ticks(day: _Day) -> Iterator[datetime]:
    shift = timedelta(seconds=between(0, 500, day.seed, "meter"))
    for turn in range(_DAY // REPORTS_EVERY):
        yield day.begins + shift + REPORTS_EVERY * turn
