import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest

from contracts import Hold, HoldKind, HomeId
from contracts.values import Motion
from homes.model import Street
from homes.postgres import HomeStore, UnknownHome
from homes.walk_test import begun, ended, is_genuine
from homes.walk_test.postgres import AlreadyTested, WalkTestStore
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.console.building import STREET
from tests.homes.test_walk_test import proof_of

pytestmark = pytest.mark.door

HOME = HomeId("h-0001")


@pytest.fixture
async def pool(any_postgres: Postgres) -> AsyncIterator[Pool]:
    async with pooled(any_postgres) as pool:
        await HomeStore(pool).save(Street(homes=STREET))
        yield pool


async def holds(pool: Pool) -> tuple[Hold, ...]:
    home = await HomeStore(pool).watched(HOME)
    assert home is not None
    return home.holds


async def test_a_test_begins_with_its_hold_and_ends_it(pool: Pool) -> None:
    store, now = WalkTestStore(pool), clock.now()
    test = begun(HOME, "김기사", now)
    await store.start(test)
    assert await holds(pool) == (Hold(kind=HoldKind.TEST, from_at=now, until_at=test.until_at),)
    assert await store.running(HOME) == test
    done = ended(test, [proof_of("motion", Motion(active=True))], now + timedelta(minutes=4))
    assert await store.finish(done)
    assert await holds(pool) == (Hold(kind=HoldKind.TEST, from_at=now, until_at=now + timedelta(minutes=4)),)
    assert await store.running(HOME) is None


async def test_a_result_is_read_back_as_it_was_and_its_code_still_fits(pool: Pool) -> None:
    store = WalkTestStore(pool)
    test = begun(HOME, "김기사", clock.now())
    await store.start(test)
    done = ended(test, [proof_of("motion", Motion(active=True)), proof_of("smoke")], clock.now())
    await store.finish(done)
    assert await store.load(test.test_id) == done and await store.past(HOME) == [done]
    read = await store.load(test.test_id)
    assert read is not None and is_genuine(read)
    async with pool.connection() as connection:
        await connection.execute("update walk_test set engineer = 'somebody else'")
    read = await store.load(test.test_id)
    assert read is not None and not is_genuine(read)


async def test_a_home_is_tested_once_at_a_time(pool: Pool) -> None:
    store, now = WalkTestStore(pool), clock.now()
    tests = [begun(HOME, "김기사", now + timedelta(milliseconds=number)) for number in range(4)]
    answers = await asyncio.gather(*(store.start(test) for test in tests), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyTested"] * 3 + ["NoneType"]
    assert len(await holds(pool)) == 1
    with pytest.raises(AlreadyTested):
        await store.start(begun(HOME, "박기사", now + timedelta(seconds=1)))


async def test_no_hold_begins_without_its_test_and_no_test_without_its_home(pool: Pool) -> None:
    store = WalkTestStore(pool)
    with pytest.raises(UnknownHome):
        await store.start(begun(HomeId("h-none"), "김기사", clock.now()))
    assert await store.running(HomeId("h-none")) is None
    assert await holds(pool) == ()


async def test_a_result_is_written_once(pool: Pool) -> None:
    store = WalkTestStore(pool)
    test = begun(HOME, "김기사", clock.now())
    await store.start(test)
    first, second = (ended(test, [], clock.now() + timedelta(seconds=number)) for number in (1, 2))
    assert [await store.finish(first), await store.finish(second)] == [True, False]
    assert await store.load(test.test_id) == first


async def test_a_test_that_nobody_ended_is_found_when_its_time_is_over(pool: Pool) -> None:
    store, now = WalkTestStore(pool), clock.now()
    old = begun(HOME, "김기사", now - timedelta(minutes=31))
    await store.start(old)
    await store.start(begun(HomeId("h-0002"), "김기사", now))
    assert await store.overdue(seconds=10) == [old]
    assert await store.overdue(seconds=90) == []


async def test_the_start_of_a_test_is_told_to_whoever_follows_the_homes(pool: Pool, any_postgres: Postgres) -> None:
    async with await psycopg.AsyncConnection.connect(any_postgres.dsn.reveal(), autocommit=True) as listener:
        await listener.execute("listen homes_changed")
        await WalkTestStore(pool).start(begun(HOME, "김기사", clock.now()))
        told = [heard.payload async for heard in listener.notifies(timeout=5, stop_after=1)]
    assert told == [HOME]


async def test_a_home_is_found_by_any_part_of_its_id(pool: Pool) -> None:
    store = HomeStore(pool)
    assert await store.search("0003", most=5) == ["h-0003"]
    assert await store.search("h-", most=3) == ["h-0001", "h-0002", "h-0003"]
    assert await store.search("%", most=5) == []
