"""A home that was lived in, as history knows it: beats, movements, gaps, and what its devices say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from contracts import HomeId, Reading, SensorId, Supply, Value, WatchedSensor, kind_of, reading_id
from contracts.rows import ReadingRow, row_of
from contracts.values import Battery, Contact, Heartbeat, Humidity, LinkQuality, Motion, Temperature
from homes.model import Home
from runtime.postgres import Pool
from tests.console.building import a_home

BEAT = timedelta(minutes=5)
SENSORS = (
    WatchedSensor(sensor_id=SensorId("motion-bath"), kind="motion", room="bathroom", supply=Supply.BATTERY),
    WatchedSensor(sensor_id=SensorId("motion-living"), kind="motion", room="living", supply=Supply.BATTERY),
    WatchedSensor(sensor_id=SensorId("motion-kitchen"), kind="motion", room="kitchen", supply=Supply.BATTERY),
    WatchedSensor(sensor_id=SensorId("door-entrance"), kind="contact", room="entrance", supply=Supply.BATTERY),
)


def a_lived_in_home(home_id: str = "h-0004", dong: str = "매화동") -> Home:
    return replace(a_home(home_id, dong=dong), sensors=SENSORS)


def said(home: str, sensor: str, at: datetime, value: Value) -> Reading:
    return Reading(
        reading_id=reading_id(home, sensor, kind=kind_of(value), mark=at.isoformat()),
        home_id=HomeId(home),
        sensor_id=SensorId(sensor),
        observed_at=at,
        received_at=at,
        value=value,
    )


def beats(
    home: str, since: datetime, until: datetime, gaps: Sequence[tuple[datetime, datetime]] = ()
) -> Iterator[Reading]:
    """The gateway speaks, but in the gaps."""
    at = since
    while at < until:
        if not any(begin <= at < end for begin, end in gaps):
            yield said(home, "gateway", at, Heartbeat())
        at += BEAT


def moved(home: str, moments: Iterable[datetime], sensor: str = "motion-living") -> Iterator[Reading]:
    return (said(home, sensor, at, Motion(active=True)) for at in moments)


async def put(pool: Pool, readings: Iterable[Reading]) -> None:
    """Write readings as history does."""
    columns = ", ".join(ReadingRow._fields)
    statement = f"copy reading ({columns}) from stdin".encode()
    async with pool.connection() as connection, connection.cursor() as cursor, cursor.copy(statement) as copy:
        # By its id each reading is once in history.
        for reading in {one.reading_id: one for one in readings}.values():
            await copy.write_row([*row_of(reading)[:-1], None])


def a_life(home: str, until: datetime, days: int = 30, seed: int = 1) -> Iterator[Reading]:
    """Weeks of somebody who rises at half past six, goes out at ten, rests after lunch and sleeps from ten."""
    luck = Random(seed)
    rooms = ("motion-bath", "motion-living", "motion-living", "motion-kitchen")
    at = until - timedelta(days=days)
    while at < until:
        hour = (at.hour + at.minute / 60 + 9) % 24
        busy = 0.75 if 6.5 < hour < 9 or 11 < hour < 13.5 or 17 < hour < 20 else 0.3 if 6.5 < hour < 22 else 0.015
        if luck.random() < busy:
            for _ in range(luck.randint(1, 4)):
                moment = at + timedelta(seconds=luck.randint(0, 290))
                if moment < until:
                    yield from moved(home, [moment], luck.choice(rooms))
        if 10 <= hour < 10.08:
            for minutes in (1, 55):
                if at + timedelta(minutes=minutes) < until:
                    yield said(home, "door-entrance", at + timedelta(minutes=minutes), Contact(open=True))
        at += BEAT
    for sensor, percent in (("motion-bath", 82.0), ("motion-living", 79.0), ("motion-kitchen", 64.0)):
        yield said(home, sensor, until - timedelta(hours=3), Battery(percent=percent))
        yield said(home, sensor, until - timedelta(hours=3), LinkQuality(score=180.0))
    yield said(home, "door-entrance", until - timedelta(hours=2), Battery(percent=12.0))
    yield said(home, "motion-living", until - timedelta(minutes=20), Temperature(celsius=23.1))
    yield said(home, "motion-living", until - timedelta(minutes=20), Humidity(percent=41.0))
