"""What devices cry and what ails them: alarms, a leak, a lost line, a dead, stuck or flapping sensor, a bed, a door.

Each play leads to the finding that it is named for. What takes hours or days is told as a gateway tells it that stored
it; what devices alarm is taken back after a while, as devices do.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final

from contracts import SensorId, Value
from contracts.values import (
    CarbonMonoxide,
    CheckAnswer,
    Contact,
    DeviceStatus,
    Gas,
    GatewayStatus,
    Heat,
    Motion,
    Occupancy,
    SelfTest,
    Stillness,
    Tamper,
    TestPressed,
    Voice,
    WaterLeak,
)
from simulator.dialects import GATEWAY
from simulator.household import Household, Sighting
from simulator.scenes import Cue, Cut, Mute, Play, Say
from simulator.surroundings import beats, sensor_of

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
#: Somebody came, or the air is clean again.
_QUIET_AFTER: Final = timedelta(minutes=3)
#: Longer than the quarter of an hour after which a home is not protected.
_DARK_FOR: Final = timedelta(minutes=17)
_SEES: Final = frozenset({"motion", "contact", "presence", "occupancy", "water_flow", "medication"})
#: What was seen when, so long ago; the sensor by its kind and room.
_Seen = tuple[timedelta, str, str, Value]


class Cries(StrEnum):
    """What may be cried; each is named for the finding that it leads to."""

    HEAT = "heat"
    GAS = "gas"
    CARBON_MONOXIDE = "carbon_monoxide"
    WATER_LEAK = "water_leak"
    TAMPER = "tamper"
    MAINS_LOST = "mains_lost"
    STILLNESS_REPORTED = "stillness_reported"
    SENSOR_SILENT = "sensor_silent"
    BLIND_HOME = "blind_home"
    NOT_PROTECTED = "not_protected"
    OUT_OF_BED = "out_of_bed"
    OUT_TOO_LONG = "out_too_long"
    FLAPPING_SENSOR = "flapping_sensor"
    STUCK_SENSOR = "stuck_sensor"
    TEST_MISSING = "test_missing"
    SELF_TEST_FAILED = "self_test_failed"
    CHECK_ANSWERED = "check_answered"


def plays() -> Mapping[Cries, Play]:
    """Tell how each of them is played."""
    return {
        Cries.HEAT: _alarm("heat", "kitchen", lambda on: Heat(active=on)),
        Cries.GAS: _alarm("gas", "kitchen", lambda on: Gas(active=on)),
        Cries.CARBON_MONOXIDE: _alarm("carbon_monoxide", "kitchen", lambda on: CarbonMonoxide(active=on)),
        Cries.WATER_LEAK: _alarm("water_leak", "bathroom", lambda on: WaterLeak(active=on)),
        Cries.TAMPER: _alarm("motion", "living", lambda on: Tamper(active=on)),
        Cries.MAINS_LOST: _mains,
        Cries.STILLNESS_REPORTED: _alarm("stillness", "living", lambda on: Stillness(active=on)),
        Cries.SENSOR_SILENT: _lost,
        Cries.BLIND_HOME: _blind,
        Cries.NOT_PROTECTED: _dark,
        Cries.OUT_OF_BED: _stored(
            (50 * _MINUTE + _HOUR, "occupancy", "bedroom", Occupancy(occupied=True)),
            (50 * _MINUTE, "motion", "living", Motion(active=True)),
            (50 * _MINUTE, "occupancy", "bedroom", Occupancy(occupied=False)),
        ),
        Cries.OUT_TOO_LONG: _stored(
            (24 * _HOUR + 30 * _MINUTE, "motion", "living", Motion(active=True)),
            (24 * _HOUR + 20 * _MINUTE, "contact", "entrance", Contact(open=True)),
            (24 * _HOUR + 20 * _MINUTE - 10 * _MINUTE / 60, "contact", "entrance", Contact(open=False)),
        ),
        Cries.FLAPPING_SENSOR: _stored(*_flaps()),
        Cries.STUCK_SENSOR: _stored(*_stuck()),
        Cries.SELF_TEST_FAILED: _alarm("smoke", "kitchen", lambda on: SelfTest(passed=not on)),
        Cries.CHECK_ANSWERED: _stored((timedelta(0), "voice", "living", Voice(answer=CheckAnswer.FINE))),
        Cries.TEST_MISSING: _stored((27 * _HOUR, "help_button", "bedroom", TestPressed())),
    }


def _flaps() -> Iterator[_Seen]:
    for turn in range(60):
        yield timedelta(seconds=10 * turn), "contact", "entrance", Contact(open=bool(turn % 2))


def _stuck() -> Iterator[_Seen]:
    yield 9 * _HOUR, "motion", "living", Motion(active=False)
    for turn in range(8 * 6):
        yield 10 * _MINUTE * turn, "motion", "living", Motion(active=True)


def _alarm(kind: str, room: str, value: Callable[[bool], Value]) -> Play:
    def play(household: Household, now: datetime) -> tuple[Cue, ...]:
        sensor = sensor_of(household, kind, room)
        return tuple(
            _say(household, (Sighting(sensor_id=sensor, at=now + after, value=value(on)),), after)
            for on, after in ((True, timedelta(0)), (False, _QUIET_AFTER))
        )

    return play


def _mains(household: Household, now: datetime) -> tuple[Cue, ...]:
    gateway = SensorId(GATEWAY)
    lost = Sighting(sensor_id=gateway, at=now, value=GatewayStatus(mains=False))
    back = Sighting(sensor_id=gateway, at=now + _QUIET_AFTER, value=GatewayStatus(mains=True))
    return _say(household, (lost,)), _say(household, (back,), _QUIET_AFTER)


def _dark(household: Household, now: datetime) -> tuple[Cue, ...]:
    del now
    return (Cue(household=household, after=timedelta(0), act=Cut(lasts=_DARK_FOR)),)


def _lost(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Let the gateway say that it cannot reach a sensor, until that speaks again."""
    return (_say(household, (_gone(sensor_of(household, "motion", "living"), now),)),)


def _blind(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Let every sensor that could see somebody be out of reach for twenty minutes."""
    eyes = tuple(sensor.sensor_id for sensor in household.sensors if sensor.kind in _SEES)
    silence = Cue(household=household, after=timedelta(0), act=Mute(sensors=eyes, lasts=20 * _MINUTE))
    return silence, _say(household, tuple(_gone(sensor, now) for sensor in eyes))


def _gone(sensor: SensorId, at: datetime) -> Sighting:
    return Sighting(sensor_id=sensor, at=at, value=DeviceStatus(online=False))


def _stored(*seen: _Seen) -> Play:
    return partial(_told, seen)


def _told(seen: tuple[_Seen, ...], household: Household, now: datetime) -> tuple[Cue, ...]:
    """Send what a gateway stored: some sightings, and the heartbeats of that time."""
    said = (
        Sighting(sensor_id=sensor_of(household, kind, room), at=now - ago, value=value)
        for ago, kind, room, value in seen
    )
    told = sorted((*said, *beats(now, max(ago for ago, *_ in seen))), key=lambda one: one.at)
    return (_say(household, tuple(told)),)


def _say(household: Household, said: tuple[Sighting, ...], after: timedelta = timedelta(0)) -> Cue:
    return Cue(household=household, after=after, act=Say(sightings=said))
