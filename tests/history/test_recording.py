"""Batches into PostgreSQL, and the questions asked of them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from contracts import HomeId, Phase, Severity, Value
from contracts.values import (
    Battery,
    CarbonMonoxide,
    CheckAnswer,
    Energy,
    GatewayStatus,
    Heartbeat,
    HelpButton,
    Motion,
    Temperature,
    VitalSigns,
    Voice,
    WaterFlow,
)
from history.cells import Cell
from history.postgres import HistoryStore
from history.recording.batch import Batch, Place, Source, batch_of
from history.recording.postgres import Fenced, Writer
from homes.model import Street
from homes.postgres import HomeStore
from homes.street import parse
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.history.things import NOON, a_batch, a_change, a_finding, a_reading, a_record

pytestmark = pytest.mark.door

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "street.yaml"
PLACE = Place(Source.READINGS, 0)
HOME = HomeId("h-0001")


@pytest.fixture
async def pool(any_postgres: Postgres) -> AsyncIterator[Pool]:
    async with pooled(any_postgres) as pool:
        await Writer(pool).keep()
        yield pool


async def record(pool: Pool, batch: Batch) -> None:
    writer = Writer(pool)
    await writer.write(batch, await writer.offsets(batch.ends))


async def count(pool: Pool, table: str) -> int:
    async with pool.connection() as connection:
        row = await (await connection.execute(f"select count(*) from {table}".encode())).fetchone()
    return int(f"{row[0]}") if row else 0


async def test_a_reading_recorded_twice_is_one_row(pool: Pool) -> None:
    first, second = a_reading(), a_reading(at=NOON + timedelta(seconds=1))
    await record(pool, batch_of([a_record(a_batch(first), 0)]))
    await record(pool, batch_of([a_record(a_batch(first, second), 1)]))
    assert await HistoryStore(pool).readings(HOME, NOON, NOON + timedelta(hours=1)) == [first, second]


SAYINGS: list[Value] = [
    Battery(percent=12.5, low=True),
    CarbonMonoxide(active=True, ppm=48.0),
    Energy(kilowatt_hours=12345.678, channel=2),
    GatewayStatus(online=True, mains=False, session=9),
    Heartbeat(),
    HelpButton(),
    Motion(active=False, synthetic=True),
    Temperature(celsius=21.37),
    VitalSigns(breath_per_minute=14.0),
    Voice(answer=CheckAnswer.HELP),
    WaterFlow(litres_total=4321.5),
]


async def test_whatever_a_sensor_says_is_read_back_as_it_was(pool: Pool) -> None:
    said = [a_reading(value=value, at=NOON + timedelta(seconds=place)) for place, value in enumerate(SAYINGS)]
    await record(pool, batch_of([a_record(a_batch(*said), 0)]))
    assert await HistoryStore(pool).readings(HOME, NOON, NOON + timedelta(hours=1)) == said
    await record(pool, batch_of([a_record(a_batch(*said), 1)]))
    assert await count(pool, "reading") == len(said)


async def test_repeats_in_many_batches_take_the_slower_way_and_change_nothing(pool: Pool) -> None:
    writer = Writer(pool)
    readings = [a_reading(at=NOON + timedelta(seconds=second)) for second in range(30)]
    for offset in range(30):
        batch = batch_of([a_record(a_batch(*readings[: offset + 1]), offset)])
        await writer.write(batch, await writer.offsets(batch.ends))
    assert await count(pool, "reading") == 30


async def test_of_two_writers_that_both_believe_a_place_is_theirs_one_writes(pool: Pool) -> None:
    one, other = Writer(pool), Writer(pool)
    batch = batch_of([a_record(a_batch(a_reading()), 0)])
    starts = await one.offsets([PLACE])
    await one.write(batch, starts)
    with pytest.raises(Fenced):
        await other.write(batch_of([a_record(a_batch(a_reading(sensor="another")), 0)]), starts)
    assert await count(pool, "reading") == 1
    assert await other.offsets([PLACE]) == {PLACE: 1}


async def test_a_writer_that_was_overtaken_in_one_place_writes_nothing_in_the_others(pool: Pool) -> None:
    writer = Writer(pool)
    far = Place(Source.READINGS, 1)
    starts = await writer.offsets([PLACE, far])
    await writer.write(batch_of([a_record(a_batch(), 4, part=1)]), starts)
    both = batch_of([a_record(a_batch(a_reading()), 0), a_record(a_batch(), 0, part=1)])
    with pytest.raises(Fenced):
        await writer.write(both, starts)
    assert await count(pool, "reading") == 0
    assert await writer.offsets([PLACE, far]) == {PLACE: 0, far: 5}


async def test_a_reading_of_a_day_that_is_not_ready_is_kept_and_found(pool: Pool) -> None:
    old = a_reading(at=NOON - timedelta(days=60))
    await record(pool, batch_of([a_record(a_batch(old), 0)]))
    assert await HistoryStore(pool).readings(HOME, old.observed_at, NOON) == [old]
    async with pool.connection() as connection:
        day = old.observed_at.date()
        await connection.execute("select reading_partitions(%(day)s, %(day)s)", {"day": day})
    assert await count(pool, "reading_default") == 0
    assert await HistoryStore(pool).readings(HOME, old.observed_at, NOON) == [old]


async def test_days_older_than_ninety_are_forgotten(pool: Pool) -> None:
    now = clock.now()
    old, young = a_reading(at=now - timedelta(days=93)), a_reading(at=now - timedelta(days=5))
    async with pool.connection() as connection:
        await connection.execute("select reading_partitions(%(day)s, %(day)s)", {"day": old.observed_at.date()})
    stray = a_reading(at=now - timedelta(days=200))
    await record(pool, batch_of([a_record(a_batch(old, young, stray), 0)]))
    await Writer(pool).keep()
    assert await HistoryStore(pool).readings(HOME, now - timedelta(days=300), now) == [young]


async def test_a_finding_told_for_hours_is_one_row_that_keeps_its_newest_words(pool: Pool) -> None:
    for offset, minute in enumerate((5, 1, 9)):
        finding = a_finding(told_at=NOON + timedelta(minutes=minute), text=f"{minute}분")
        await record(pool, batch_of([a_record(finding, offset)]))
    await record(pool, batch_of([a_record(a_finding(phase=Phase.ENDED, severity=Severity.URGENT), 3)]))
    async with pool.connection() as connection:
        rows = await (
            await connection.execute(
                "select phase, first_told_at, last_told_at, evidence #>> '{sentence,ko}' from history_finding"
                " order by phase desc"
            )
        ).fetchall()
    assert rows[0] == ("holds", NOON + timedelta(minutes=1), NOON + timedelta(minutes=9), "9분")
    assert [row[0] for row in rows] == ["holds", "ended"]


async def test_a_change_of_an_alert_told_twice_is_one_row(pool: Pool) -> None:
    await record(pool, batch_of([a_record(a_change(1), 0), a_record(a_change(2), 1)]))
    await record(pool, batch_of([a_record(a_change(2), 2)]))
    assert await count(pool, "history_alert") == 2


async def test_an_hour_with_heartbeats_only_is_observed_and_still(pool: Pool) -> None:
    until = NOON
    moved = [
        a_reading(at=until - timedelta(minutes=20), value=Motion(active=active), number=active)
        for active in (True, False)
    ]
    beat = a_reading(sensor="gateway", value=Heartbeat(), at=until - timedelta(minutes=40))
    will = a_reading(sensor="gateway", value=GatewayStatus(online=False), at=until - timedelta(minutes=50))
    await record(pool, batch_of([a_record(a_batch(*moved, beat, will), 0)]))
    store = HistoryStore(pool)
    days = await store.activity([HOME, HomeId("h-0002")], until=until, hours=1)
    assert days[HOME] == [Cell(), Cell(observed=True), Cell(movements=1, observed=True), Cell()]
    assert days[HomeId("h-0002")] == [Cell()] * 4
    assert len((await store.activity([HOME], until=until))[HOME]) == 96


async def test_a_home_is_drawn_room_by_room(pool: Pool) -> None:
    street = parse(EXAMPLE.read_text())
    assert isinstance(street, Street)
    await HomeStore(pool).save(street)
    readings = [
        a_reading(at=NOON - timedelta(minutes=5)),
        a_reading(sensor="door", value=Temperature(celsius=20), at=NOON - timedelta(minutes=35)),
    ]
    await record(pool, batch_of([a_record(a_batch(*readings), 0)]))
    rooms = await HistoryStore(pool).by_room(HOME, NOON, hours=1, bin_minutes=30)
    assert list(rooms) == ["거실", "침실", "현관"]
    assert rooms["거실"] == [Cell(observed=True), Cell(movements=1, observed=True)]
    assert rooms["현관"] == [Cell(observed=True), Cell(observed=True)]


async def test_a_home_was_last_heard_when_it_spoke_itself(pool: Pool) -> None:
    now = clock.now()
    beat = a_reading(sensor="gateway", value=Heartbeat(), at=now - timedelta(minutes=9))
    will = a_reading(sensor="gateway", value=GatewayStatus(online=False), at=now - timedelta(minutes=1))
    await record(pool, batch_of([a_record(a_batch(beat, will), 0)]))
    assert await HistoryStore(pool).last_heard([HOME, HomeId("h-0002")]) == {HOME: beat.observed_at}


async def test_what_the_database_cannot_hold_is_said_and_nothing_is_half_written(pool: Pool) -> None:
    bad = a_reading(sensor="nul\x00")
    writer = Writer(pool)
    starts = await writer.offsets([PLACE])
    with pytest.raises(psycopg.DataError):
        await writer.write(batch_of([a_record(a_batch(a_reading(), bad), 0)]), starts)
    assert await count(pool, "reading") == 0
    assert await writer.offsets([PLACE]) == starts


async def test_a_log_that_begins_anew_is_read_from_its_beginning(pool: Pool) -> None:
    writer = Writer(pool)
    await record(pool, batch_of([a_record(a_batch(), 41)]))
    await writer.begin_anew(PLACE, was=7)
    assert await writer.offsets([PLACE]) == {PLACE: 42}
    await writer.begin_anew(PLACE, was=42)
    assert await writer.offsets([PLACE]) == {PLACE: 0}
