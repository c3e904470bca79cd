import asyncio

import psycopg
import pytest

from console.access import Access, SignIn
from console.chain import Look
from console.postgres import ConsoleStore
from console.sessions import FREE_FAILURES
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import Console, Postgres, Secret
from tests.console.running import NAME, PASSWORD, SECRET

pytestmark = [pytest.mark.door]

SETTINGS = Console(session_secret=Secret(SECRET), operator_name=NAME, operator_password=Secret(PASSWORD))


async def test_guesses_side_by_side_wait_as_guesses_in_a_row_do(postgres: Postgres) -> None:
    async with pooled(postgres) as pool:
        access = Access(ConsoleStore(pool), SETTINGS)
        await access.seed()
        results = await asyncio.gather(*(access.sign_in(NAME, f"guess {number}") for number in range(12)))
    ends = [how for how, _ in results]
    assert ends.count(SignIn.WRONG) == FREE_FAILURES and ends.count(SignIn.WAIT) == 12 - FREE_FAILURES


async def test_a_look_that_could_not_be_written_is_written_the_next_time(postgres: Postgres) -> None:
    async with pooled(postgres) as pool, pool.connection() as connection:
        store = ConsoleStore(pool)
        access, now = Access(store, SETTINGS), clock.now()
        await connection.execute("alter table access_log rename to hidden")
        with pytest.raises(psycopg.Error):
            await access.looked(NAME, "h-0001", Look.ALERT_OPENED, at=now)
        await connection.execute("alter table hidden rename to access_log")
        await access.looked(NAME, "h-0001", Look.ALERT_OPENED, at=now)
        assert [line.subject for line in await store.access_lines()] == ["h-0001"]
