"""What befalls a home itself: cold, heat, fire, a stove, a door, water, a body, a voice, a dose.

Each play sends what the home's gateway stored, so that a limit of hours is reached at once; what ends with a word of
now plays for as long as its limit. A play needs the sensor of its kind; where there is none, an unregistered one cries.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts import SensorId, Value
from contracts.values import (
    CheckAnswer,
    Contact,
    Heartbeat,
    Medication,
    Power,
    Temperature,
    VitalSigns,
    Voice,
    WaterFlow,
)
from simulator.dialects import GATEWAY
from simulator.household import Household, Sighting
from simulator.scenes import Cue, Play, Say

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)


class Befalls(StrEnum):
    """What may befall a home; each is named for the finding that it leads to."""

    COLD_HOME = "cold_home"
    HOT_HOME = "hot_home"
    RISING_HEAT = "rising_heat"
    DOOR_LEFT_OPEN = "door_left_open"
    STOVE_LEFT_ON = "stove_left_on"
    APPLIANCE_LEFT_ON = "appliance_left_on"
    POWER_FLAT = "power_flat"
    WATER_NOT_USED = "water_not_used"
    WATER_RUNNING = "water_running"
    VITAL_SIGNS = "vital_signs"
    CHECK_UNANSWERED = "check_unanswered"
    MEDICATION_MISSED = "medication_missed"


def plays() -> Mapping[Befalls, Play]:
    """Tell how each of them is played."""
    return {
        Befalls.COLD_HOME: _stored(
            "temperature", "living", 70 * _MINUTE, 5 * _MINUTE, lambda _: Temperature(celsius=9.5)
        ),
        Befalls.HOT_HOME: _stored(
            "temperature", "living", 40 * _MINUTE, 5 * _MINUTE, lambda _: Temperature(celsius=36.5)
        ),
        Befalls.RISING_HEAT: _stored("temperature", "kitchen", 3 * _MINUTE, _MINUTE, _burning),
        Befalls.DOOR_LEFT_OPEN: _live("contact", "entrance", (Contact(open=True),), _MINUTE),
        Befalls.STOVE_LEFT_ON: _stored("power", "kitchen", 45 * _MINUTE, _MINUTE, lambda _: Power(watts=1500.0)),
        Befalls.APPLIANCE_LEFT_ON: _stored("power", "living", 7 * _HOUR, 5 * _MINUTE, _switched_on),
        Befalls.POWER_FLAT: _stored("power", "living", 150 * _HOUR, 30 * _MINUTE, _used_until_yesterday),
        Befalls.WATER_NOT_USED: _stored("water_flow", "bathroom", 26 * _HOUR, 10 * _MINUTE, _drawn_once),
        Befalls.WATER_RUNNING: _stored(
            "water_flow", "bathroom", 130 * _MINUTE, 5 * _MINUTE, lambda _: WaterFlow(litres_per_minute=6.0)
        ),
        Befalls.VITAL_SIGNS: _stored(
            "vital_signs", "bedroom", 15 * _MINUTE, _MINUTE, lambda _: VitalSigns(heart_per_minute=34.0)
        ),
        Befalls.CHECK_UNANSWERED: _live("voice", "living", (Voice(answer=CheckAnswer.NONE),) * 4, 10 * _MINUTE),
        Befalls.MEDICATION_MISSED: _live("medication", "kitchen", (Medication(taken=False),) * 2, _HOUR),
    }


def _burning(ago: timedelta) -> Value:
    return Temperature(celsius=24.0 if ago > 2 * _MINUTE else 66.0)


def _switched_on(ago: timedelta) -> Value:
    return Power(watts=0.6 if ago > 6.5 * _HOUR else 90.0)


def _used_until_yesterday(ago: timedelta) -> Value:
    return Power(watts=90.0 if ago > 25 * _HOUR and (ago // _HOUR) % 8 < 2 else 0.6)


def _drawn_once(ago: timedelta) -> Value:
    return WaterFlow(litres_per_minute=5.0 if ago > 25.5 * _HOUR else 0.0)


def _stored(kind: str, room: str, length: timedelta, every: timedelta, value: Callable[[timedelta], Value]) -> Play:
    """Send what was measured up to now, and the heartbeats of that time."""

    def play(household: Household, now: datetime) -> tuple[Cue, ...]:
        sensor = sensor_of(household, kind, room)
        measured = (Sighting(sensor_id=sensor, at=now - ago, value=value(ago)) for ago in _steps(length, every))
        seen = sorted((*measured, *beats(now, length)), key=lambda one: one.at)
        return (Cue(household=household, after=timedelta(), act=Say(sightings=tuple(seen))),)

    return play


def _live(kind: str, room: str, values: tuple[Value, ...], every: timedelta) -> Play:
    """Say one word after the other as they happen."""

    def play(household: Household, now: datetime) -> tuple[Cue, ...]:
        sensor = sensor_of(household, kind, room)
        return tuple(
            Cue(
                household=household,
                after=every * turn,
                act=Say(sightings=(Sighting(sensor_id=sensor, at=now + every * turn, value=value),)),
            )
            for turn, value in enumerate(values)
        )

    return play


def _steps(length: timedelta, every: timedelta) -> Iterator[timedelta]:
    for turn in range(length // every, -1, -1):
        yield every * turn


def beats(now: datetime, length: timedelta) -> Iterator[Sighting]:
    """Tell the heartbeats up to now."""
    for ago in _steps(length, _MINUTE):
        yield Sighting(sensor_id=SensorId(GATEWAY), at=now - ago, value=Heartbeat())


def sensor_of(household: Household, kind: str, room: str) -> SensorId:
    """Name a home's sensor of a kind; a device that nobody registered can cry, too."""
    return household.sensor_of(kind, room) or SensorId(f"{kind.replace('_', '-')}-unregistered")
