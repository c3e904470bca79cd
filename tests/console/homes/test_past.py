"""What the pages remember of a home, and what they read of it, is what its history holds."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from console.homes.learned import doors_of
from console.homes.thinking.postgres import Kept, Past
from contracts.rows import row_of
from contracts.values import Battery, Contact, Motion, Temperature
from detectors.observed import slot_of
from history.glance.postgres import GlanceStore
from homes.model import watched_home
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import Postgres
from tests.console.homes.living import a_life, a_lived_in_home, beats, moved, put, said

HOME = a_lived_in_home()
ID = HOME.home_id
DAY = timedelta(days=1)


@pytest.mark.door
async def test_marks_tell_when_a_home_spoke_when_somebody_moved_and_when_a_door_did(postgres: Postgres) -> None:
    now = clock.now()
    lived = [*a_life(ID, now, days=3), *beats(ID, now - 2 * DAY, now)]
    async with pooled(postgres) as pool:
        await put(pool, lived)
        doors = doors_of(watched_home(HOME))
        read = await GlanceStore(pool).marks(ID, doors, now - 4 * DAY, now + DAY)
    rows = [row_of(reading) for reading in lived]
    assert {mark.slot for mark in read} == {slot_of(row.ts) for row in rows}
    assert {mark.slot for mark in read if mark.moved} == {slot_of(row.ts) for row in rows if row.sign == 2}
    at_doors = {slot_of(row.ts) for row in rows if row.sign == 2 and row.sensor in doors}
    assert {mark.slot for mark in read if mark.door} == at_doors != set()


@pytest.mark.door
async def test_the_newest_word_of_each_device_is_found_however_old_it_is(postgres: Postgres) -> None:
    now = clock.now()
    old, new = now - 6 * DAY, now - timedelta(minutes=3)
    async with pooled(postgres) as pool:
        past = Past(pool)
        await put(
            pool,
            [
                said(ID, "motion-bath", old, Battery(percent=41.0)),
                said(ID, "motion-bath", old - timedelta(hours=1), Battery(percent=42.0)),
                said(ID, "motion-bath", old, Temperature(celsius=20.5)),
                said(ID, "motion-bath", new, Temperature(celsius=21.5)),
                said(ID, "door-entrance", new, Contact(open=True)),
                said(ID, "motion-bath", now - timedelta(minutes=9), Motion(active=False)),
            ],
        )
        first = await past.newest(ID, now)
        later = now - timedelta(minutes=1)
        await put(pool, [said(ID, "motion-bath", later, Temperature(celsius=22.5))])
        again = await past.newest(ID, now)
    told = {(word.sensor_id, word.kind): (word.at, word.value) for word in first}
    assert told["motion-bath", "battery"] == (old, 41.0)
    assert told["motion-bath", "temperature"] == (new, 21.5)
    assert told["door-entrance", "contact"] == (new, 1.0)
    assert {(one.sensor_id, one.kind): one.value for one in again}["motion-bath", "temperature"] == 22.5
    assert len(first) == len(again) == len(told)


@pytest.mark.door
async def test_a_closed_day_is_read_once_and_today_each_time(postgres: Postgres) -> None:
    now = datetime(2026, 11, 22, 3, 7, tzinfo=UTC)
    async with pooled(postgres) as pool:
        past = Past(pool)
        await put(pool, beats(ID, now - 27 * DAY, now))
        before = await past.cells(HOME, now)
        await put(pool, moved(ID, [now - 5 * DAY, now - timedelta(minutes=30)]))
        remembered, read_anew = await past.cells(HOME, now), await Past(pool).cells(HOME, now)
    assert len(before) == len(remembered) == len(read_anew) == 28 * 96
    assert [sum(cell.movements for cell in cells) for cells in (before, remembered, read_anew)] == [0, 1, 2]


async def test_a_memory_is_bounded_and_forgets_the_oldest() -> None:
    kept = Kept[int, int](2, lasts_seconds=60.0)
    reads: list[int] = []

    async def read(number: int) -> int:
        reads.append(number)
        return number

    for number in (1, 2, 1, 3, 3, 1):
        assert await kept.of(number, partial(read, number)) == number
    assert reads == [1, 2, 3, 1]
