"""Walk tests in PostgreSQL: a test and the hold that keeps its cries in the house begin and end together."""

from typing import Any, Final, LiteralString

import msgspec
import psycopg
from psycopg import AsyncConnection

from contracts import Hold, HoldKind, HomeId
from homes import statements
from homes.postgres import UnknownHome
from homes.walk_test.model import WalkTest
from runtime.postgres import Pool

Connection = AsyncConnection[Any]

#: The page of a home lists so many tests.
_MOST_LISTED: Final = 20


class AlreadyTested(Exception):
    """A walk test of this home runs already."""


class WalkTestStore:
    """The walk tests of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def start(self, test: WalkTest) -> None:
        """Begin a test and its hold; raise AlreadyTested or UnknownHome."""
        async with self._pool.connection() as connection:
            try:
                async with connection.transaction():
                    await connection.execute(_START, _fields(test))
                    await _hold(connection, test)
            except psycopg.errors.UniqueViolation as error:
                raise AlreadyTested(f"{test.home_id}: a walk test runs already") from error
            await _tell(connection, test.home_id)

    async def finish(self, test: WalkTest) -> bool:
        """Write a test's result and end its hold; False when somebody else has done so."""
        async with self._pool.connection() as connection:
            async with connection.transaction():
                if (await connection.execute(_FINISH, _fields(test))).rowcount != 1:
                    return False
                await _hold(connection, test)
            await _tell(connection, test.home_id)
            return True

    async def load(self, test_id: str) -> WalkTest | None:
        """Read one test."""
        return next(iter(await self._read(_ONE, test_id=test_id)), None)

    async def running(self, home_id: HomeId) -> WalkTest | None:
        """Read the test of a home whose result is not written yet."""
        return next(iter(await self._read(_RUNNING, home_id=home_id)), None)

    async def past(self, home_id: HomeId) -> list[WalkTest]:
        """Read the last tests of a home that are over, the newest first."""
        return await self._read(_PAST, home_id=home_id, most=_MOST_LISTED)

    async def overdue(self, *, seconds: float) -> list[WalkTest]:
        """Read the tests that were over so long ago, by the database's clock, and have no result yet."""
        return await self._read(_OVERDUE, seconds=seconds)

    async def _read(self, statement: LiteralString, **asked: object) -> list[WalkTest]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(statement, asked)).fetchall()
        return [msgspec.json.decode(f"{row[0]}", type=WalkTest) for row in rows]


async def _hold(connection: Connection, test: WalkTest) -> None:
    """Let the home's cries count as a test, until the test is over."""
    bumped = await connection.execute(statements.BUMP, {"homes": [test.home_id]})
    if not bumped.rowcount and test.ended_at is None:
        raise UnknownHome(f"{test.home_id}: there is no such home")
    if not bumped.rowcount:
        return
    hold = Hold(kind=HoldKind.TEST, from_at=test.begun_at, until_at=test.ended_at or test.until_at)
    new = msgspec.json.encode([{"home_id": test.home_id, "holds": [hold]}]).decode()
    await connection.execute(statements.PUT_HOLDS, {"new": new})


async def _tell(connection: Connection, home_id: HomeId) -> None:
    await connection.execute("select pg_notify('homes_changed', %(home)s)", {"home": home_id})


def _fields(test: WalkTest) -> dict[str, object]:
    return {
        "test_id": test.test_id,
        "home_id": test.home_id,
        "engineer": test.engineer,
        "begun_at": test.begun_at,
        "until_at": test.until_at,
        "ended_at": test.ended_at,
        "sensors": msgspec.json.encode(test.sensors).decode(),
        "digest": test.digest,
    }


_START: Final = """
    insert into walk_test (test_id, home_id, engineer, begun_at, until_at)
    values (%(test_id)s, %(home_id)s, %(engineer)s, %(begun_at)s, %(until_at)s)
"""
_FINISH: Final = """
    update walk_test set ended_at = %(ended_at)s, sensors = %(sensors)s, digest = %(digest)s
    where test_id = %(test_id)s and ended_at is null
"""
_READ: Final = """
    select jsonb_build_object('test_id', test_id, 'home_id', home_id, 'engineer', engineer,
        'begun_at', to_char(begun_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'until_at', to_char(until_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'ended_at', to_char(ended_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'sensors', sensors, 'digest', digest
    )::text from walk_test
"""
_ONE: Final = f"{_READ} where test_id = %(test_id)s"
_RUNNING: Final = f"{_READ} where home_id = %(home_id)s and ended_at is null"
_PAST: Final = f"""
    {_READ} where home_id = %(home_id)s and ended_at is not null order by begun_at desc limit %(most)s
"""
_OVERDUE: Final = f"""
    {_READ} where ended_at is null and until_at < now() - make_interval(secs => %(seconds)s) order by until_at
"""
