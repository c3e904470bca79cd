"""Who is at a console: told by the database's clock, and nobody stays who has gone silent."""

import pytest

from alerts.presence.postgres import forget, left, manned, on_duty, seen
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres

pytestmark = pytest.mark.door


async def later(pool: Pool, seconds: float) -> None:
    async with pool.connection() as connection:
        await connection.execute(
            "update presence set seen_at = seen_at - %(seconds)s * interval '1 second'", {"seconds": seconds}
        )


async def test_a_centre_is_manned_while_a_page_is_open_and_for_half_a_minute(any_postgres: Postgres) -> None:
    async with pooled(any_postgres) as pool, pool.connection() as connection:
        assert not await manned(connection) and await on_duty(connection) == ()
        await seen(connection, "jiwon", "page-1")
        assert await manned(connection)
        await later(pool, 20)
        assert await manned(connection)
        await later(pool, 11)
        assert not await manned(connection)
        await seen(connection, "jiwon", "page-1")
        assert await manned(connection)


async def test_an_operator_with_two_pages_is_one_operator_and_stays_until_both_are_closed(postgres: Postgres) -> None:
    async with pooled(postgres) as pool, pool.connection() as connection:
        await seen(connection, "minho", "page-1")
        await seen(connection, "jiwon", "page-2")
        await seen(connection, "jiwon", "page-3")
        assert await on_duty(connection) == ("jiwon", "minho")
        await left(connection, "jiwon", "page-2")
        assert await on_duty(connection) == ("jiwon", "minho")
        await left(connection, "jiwon", "page-3")
        assert await on_duty(connection) == ("minho",)


async def test_pages_of_yesterday_are_forgotten_and_those_of_today_are_kept(postgres: Postgres) -> None:
    async with pooled(postgres) as pool, pool.connection() as connection:
        await seen(connection, "jiwon", "page-1")
        await later(pool, 90_000)
        await seen(connection, "minho", "page-2")
        assert await forget(connection) == 1
        assert await on_duty(connection) == ("minho",)
