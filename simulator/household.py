"""A pretend home: what its sensors see between two moments, the same for the same seed."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from math import pi, sin
from typing import Final
from zoneinfo import ZoneInfo

from contracts import HomeId, SensorId, Value, WatchedHome, WatchedSensor
from contracts.values import Battery, Contact, Humidity, LinkQuality, Motion, Occupancy, Temperature
from simulator.dice import between, roll
from simulator.habits import habits_of
from simulator.rhythm import OUT, Stay, stays_of

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Household:
    """A home that the simulator plays."""

    home_id: HomeId
    seed: int
    sensors: tuple[WatchedSensor, ...]
    timezone: str = "Asia/Seoul"
    #: Where it is: homes of one district may lose power together.
    district: str = ""
    #: Its devices report, but nobody moves: the home that waits for the scene `stillness`.
    resting: bool = False

    def sensor_of(self, kind: str, room: str = "") -> SensorId | None:
        """Name the sensor of a kind, in that room if there is one there; None when the home has none."""
        of_kind = [sensor for sensor in self.sensors if sensor.kind == kind]
        for sensor in of_kind:
            if sensor.room == room:
                return sensor.sensor_id
        return of_kind[0].sensor_id if of_kind else None


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What one sensor sees at one moment, before any gateway has put it into words."""

    sensor_id: SensorId
    at: datetime
    value: Value


def household_of(home: WatchedHome, *, seed: int, resting: bool = False, district: str = "") -> Household:
    """Make the pretend home of a registered one."""
    own = int(roll(seed, home.home_id) * 2**32)
    return Household(
        home_id=home.home_id,
        seed=own,
        sensors=home.sensors,
        timezone=home.timezone,
        resting=resting,
        district=district,
    )


def readings_between(household: Household, from_at: datetime, to_at: datetime) -> tuple[Sighting, ...]:
    """Tell everything that the home's sensors see in [from_at, to_at), oldest first."""
    zone = ZoneInfo(household.timezone)
    # A night belongs to the day that it began on.
    first, last = from_at.astimezone(zone).date() - _DAY, to_at.astimezone(zone).date()
    days = [first + _DAY * number for number in range((last - first).days + 1)]
    seen = [sighting for day in days for sighting in _within(_day_of(household, day), from_at, to_at)]
    return tuple(sorted(seen, key=lambda sighting: sighting.at))


def _within(day: tuple[Sighting, ...], from_at: datetime, to_at: datetime) -> tuple[Sighting, ...]:
    low = bisect_left(day, from_at, key=lambda sighting: sighting.at)
    return day[low : bisect_left(day, to_at, key=lambda sighting: sighting.at)]


# A day is asked for again and again while it passes; a large street would not fit, so it must look ahead.
@lru_cache(maxsize=64)
def _day_of(household: Household, day: date) -> tuple[Sighting, ...]:
    seen = list(_reports(household, day))
    if not household.resting:
        stays = stays_of(household.seed, day, household.timezone)
        seen += [sighting for stay in stays for sighting in _movements(household, stay)]
        seen += _bed(household, (*stays, stays_of(household.seed, day + _DAY, household.timezone)[0]))
        seen += [sighting for stay in stays for sighting in _doors(household, stay)]
        habits = habits_of(household.seed, day, household.timezone, household.sensors, stays)
        seen += [_sees(habit.sensor_id, habit.at, habit.value) for habit in habits]
    return tuple(sorted(seen, key=lambda sighting: sighting.at))


def _movements(household: Household, stay: Stay) -> Iterator[Sighting]:
    sensor = household.sensor_of("motion", stay.room)
    if sensor is None or stay.room == OUT:
        return
    at, number = stay.from_at, 0
    while at < stay.until_at:
        label = (household.seed, stay.from_at.isoformat(), number)
        yield _sees(sensor, at, Motion(active=True))
        yield _sees(sensor, at + timedelta(seconds=between(20, 55, *label, "still")), Motion(active=False))
        at += timedelta(minutes=stay.restless * between(0.5, 1.6, *label))
        number += 1


def _doors(household: Household, stay: Stay) -> Iterator[Sighting]:
    match stay.room:
        case "out":
            room, moments = "entrance", [stay.from_at, stay.until_at]
        case "kitchen":
            room, moments = "kitchen", [stay.from_at + (stay.until_at - stay.from_at) / 3]
        case _:
            return
    sensor = household.sensor_of("contact", room)
    if sensor is None:
        return
    for at in moments:
        yield _sees(sensor, at, Contact(open=True))
        yield _sees(sensor, at + timedelta(seconds=between(8, 25, household.seed, at.isoformat())), Contact(open=False))


def _bed(household: Household, stays: tuple[Stay, ...]) -> Iterator[Sighting]:
    sensor = household.sensor_of("occupancy")
    if sensor is None:
        return
    for stay, following in pairwise(stays):
        if stay.room == "bedroom":
            yield _sees(sensor, stay.from_at + timedelta(minutes=2), Occupancy(occupied=True))
            yield _sees(sensor, following.from_at, Occupancy(occupied=False))


def _reports(household: Household, day: date) -> Iterator[Sighting]:
    """What devices say of themselves and of the air, whoever is at home."""
    midnight = datetime.combine(day, time(), ZoneInfo(household.timezone))
    for sensor in household.sensors:
        label = (household.seed, sensor.sensor_id)
        shift = between(0, 50, *label)
        for number in range(28):
            at = midnight + timedelta(minutes=shift + 51 * number)
            score = between(90, 200, *label, "link") + between(-25, 25, *label, at.isoformat())
            yield _sees(sensor.sensor_id, at, LinkQuality(score=round(score)))
            # In a home that waits for a scene, what the air is like is the scene's to say.
            yield from () if household.resting else _air(household, sensor, at)
        # Two years from full to a quarter, begun at a moment of its own: somebody changes them in time.
        worn = (day.toordinal() / 730 + roll(*label, "battery")) % 1
        yield _sees(
            sensor.sensor_id, midnight + timedelta(minutes=300 + shift), Battery(percent=round(100 - 75 * worn))
        )


def _air(household: Household, sensor: WatchedSensor, at: datetime) -> Iterator[Sighting]:
    wave = sin(2 * pi * (at.hour - 9) / 24)
    noise = between(-0.4, 0.4, household.seed, "air", at.isoformat())
    match sensor.kind:
        case "temperature":
            usual = between(19.5, 23.5, household.seed, "warmth")
            yield _sees(sensor.sensor_id, at, Temperature(celsius=round(usual + 1.4 * wave + noise, 1)))
        case "humidity":
            yield _sees(sensor.sensor_id, at, Humidity(percent=round(44 - 6 * wave + 4 * noise, 1)))
        case _:
            return


def _sees(sensor: SensorId, at: datetime, value: Value) -> Sighting:
    return Sighting(sensor_id=sensor, at=at.astimezone(UTC), value=value)
