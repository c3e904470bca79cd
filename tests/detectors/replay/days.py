"""Days of pretend homes as readings, with what may happen to a home: cries, a fall silent, a line that breaks."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from contracts import HomeId, Reading, ReadingBatch, SensorId, Value, WatchedHome, kind_of
from contracts.ids import reading_id
from contracts.values import Battery, Contact, Heartbeat, HelpButton, Motion, Occupancy, Smoke
from homes.model import watched_home
from simulator.household import household_of, readings_between
from simulator.neighbourhood import neighbourhood

DAWN = datetime(2026, 3, 2, 21, tzinfo=UTC)  # six in the morning in Seoul
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LAG = timedelta(milliseconds=40)
TICK = timedelta(seconds=5)


def homes_of(number: int = 3) -> tuple[WatchedHome, ...]:
    street = neighbourhood(number, seed=1, webhook="")
    return tuple(watched_home(home) for home in street.homes)


def said(home: HomeId, sensor: str, at: datetime, value: Value, *, after: timedelta = LAG) -> Reading:
    return Reading(
        reading_id=reading_id(home, sensor, kind=kind_of(value), mark=at.isoformat()),
        home_id=home,
        sensor_id=SensorId(sensor),
        observed_at=at,
        received_at=at + after,
        value=value,
        late=after > timedelta(minutes=5),
    )


@cache
def a_day(*, hours: int = 12) -> tuple[Reading, ...]:
    """Three homes: one cries and burns a meal, one goes still and later moves again, one loses its line for a while."""
    until = DAWN + HOUR * hours
    crying, still, cut = homes_of()
    told = [reading for home in homes_of() for reading in _lived(home, until)]
    told += [
        said(crying.home_id, "help-bedroom", DAWN + 2 * HOUR, HelpButton()),
        said(crying.home_id, "smoke-kitchen", DAWN + 3 * HOUR, Smoke(active=True)),
        said(crying.home_id, "smoke-kitchen", DAWN + 3 * HOUR + 2 * MINUTE, Smoke(active=False)),
        said(crying.home_id, "motion-living", DAWN + 4 * HOUR, Battery(percent=7, low=True)),
    ]
    still_from, still_until = DAWN + 2 * HOUR, DAWN + 11 * HOUR
    told = [each for each in told if not _hushed(each, still.home_id, still_from, still_until)]
    told = [_stored(each, DAWN + 5 * HOUR, DAWN + 6 * HOUR) if each.home_id == cut.home_id else each for each in told]
    heard = [each for each in told if each.received_at < until]
    return tuple(sorted(heard, key=lambda each: (each.received_at, each.observed_at, each.reading_id)))


def live(readings: Iterable[Reading], homes: Iterable[WatchedHome], *, seed: int = 1) -> Iterator[ReadingBatch]:
    """Cut a flow as a bridge does under a load of its own: whatever came since the flush before, and empty ones."""
    chance = Random(seed)
    waiting = list(readings)
    now = waiting[0].received_at
    yield ReadingBatch(batched_at=now, homes=tuple(homes))
    place = 0
    while place < len(waiting):
        now += timedelta(seconds=chance.choice((0.02, 0.2, 1, 5)))
        part: list[Reading] = []
        while place < len(waiting) and waiting[place].received_at <= now:
            part.append(waiting[place])
            place += 1
        yield ReadingBatch(batched_at=now, readings=tuple(part))


def _lived(home: WatchedHome, until: datetime) -> Iterator[Reading]:
    for seen in readings_between(household_of(home, seed=1), DAWN, until):
        yield said(home.home_id, seen.sensor_id, seen.at, seen.value)
    for minute in range((until - DAWN) // MINUTE):
        yield said(home.home_id, "gateway", DAWN + MINUTE * minute, Heartbeat())


def _hushed(reading: Reading, home: HomeId, since: datetime, until: datetime) -> bool:
    moves = isinstance(reading.value, Motion | Contact | Occupancy)
    return moves and reading.home_id == home and since <= reading.observed_at < until


def _stored(reading: Reading, since: datetime, until: datetime) -> Reading:
    """Keep what is seen while the line is cut, and say it when it is back."""
    if not since <= reading.received_at < until:
        return reading
    return said(
        reading.home_id, reading.sensor_id, reading.observed_at, reading.value, after=until - reading.observed_at
    )
