"""A home that was lived in, as history knows it: beats, movements, gaps, and what its devices say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from contracts import HomeId, Reading, SensorId, Supply, Value, WatchedSensor, kind_of, reading_id
from contracts.rows import ReadingRow, row_of
from contracts.values import Heartbeat, Motion
from homes.model import Home
from runtime.postgres import Pool
from tests.console.building import a_home

BEAT = timedelta(minutes=5)
SENSORS = (
    WatchedSensor(sensor_id=SensorId("motion-bath"), kind="motion", room="bathroom", supply=Supply.BATTERY),
    WatchedSensor(sensor_id=SensorId("motion-living"), kind="motion", room="living", supply=Supply.BATTERY),
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
        for reading in readings:
            await copy.write_row([*row_of(reading)[:-1], None])
