"""Floods: they begin above ten alerts in ten minutes for each operator, end after two calm windows, hide nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.events import Found
from alerts.floods.flood import Load, is_flood
from alerts.floods.postgres import floods, look
from alerts.postgres import AlertStore
from alerts.presence.postgres import seen
from contracts import HomeId
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.alerts.building import a_finding

counts = st.integers(0, 60)


def a_load(latest: int, before: int = 0, operators: int = 1) -> Load:
    return Load(latest=latest, before=before, operators=operators)


def test_ten_alerts_in_ten_minutes_are_work_and_eleven_are_a_flood() -> None:
    assert not is_flood(a_load(10), flooded=False)
    assert is_flood(a_load(11), flooded=False)


def test_two_operators_carry_twice_as_much_and_an_empty_room_as_much_as_one() -> None:
    assert not is_flood(a_load(20, operators=2), flooded=False) and is_flood(a_load(21, operators=2), flooded=False)
    assert is_flood(a_load(11, operators=0), flooded=False)


def test_a_flood_goes_on_until_two_windows_were_calm() -> None:
    assert is_flood(a_load(5, 20), flooded=True)
    assert is_flood(a_load(4, 20), flooded=True)
    assert is_flood(a_load(5, 4), flooded=True)
    assert not is_flood(a_load(4, 4), flooded=True)


@given(counts, counts, st.integers(0, 5))
def test_what_begins_a_flood_never_ends_one(latest: int, before: int, operators: int) -> None:
    load = a_load(latest, before, operators)
    if is_flood(load, flooded=False):
        assert is_flood(load, flooded=True)


async def cries(pool: Pool, first: int, count: int, *, test: bool = False, prefix: str = "h-") -> None:
    store = AlertStore(pool)
    for number in range(first, first + count):
        await store.apply(Found(finding=a_finding(home=HomeId(f"{prefix}{number}"), test=test)))


async def pass_by(pool: Pool, minutes: int) -> None:
    async with pool.connection() as connection:
        await connection.execute("update alert set opened_at = opened_at - %s * interval '1 minute'", [minutes])


@pytest.mark.door
async def test_a_flood_is_one_row_from_its_beginning_to_its_end(any_postgres: Postgres) -> None:
    async with pooled(any_postgres) as pool:
        await cries(pool, 0, 10)
        await cries(pool, 100, 5, test=True)
        await cries(pool, 0, 5, prefix="synthetic-")
        assert await look(pool) is None
        await cries(pool, 10, 1)
        began = await look(pool)
        assert began and began.peak == 11 and began.operators == 0 and began.ended_at is None
        await cries(pool, 11, 4)
        grown = await look(pool)
        assert grown and grown.flood_id == began.flood_id and grown.peak == 15
        await pass_by(pool, 11)
        assert await look(pool), "the window before was not calm"
        assert len(await AlertStore(pool).open_alerts()) >= 15, "a flood hides nothing"
        await pass_by(pool, 10)
        assert await look(pool) is None
        async with pool.connection() as connection:
            (row,) = await floods(connection)
        assert row.flood_id == began.flood_id and row.ended_at and row.peak == 15


@pytest.mark.door
async def test_with_a_second_operator_the_same_alerts_are_no_flood(postgres: Postgres) -> None:
    async with pooled(postgres) as pool:
        async with pool.connection() as connection:
            await seen(connection, "jiwon", "page-1")
            await seen(connection, "minho", "page-2")
        await cries(pool, 0, 15)
        assert await look(pool) is None
