"""The keeper's side of the database: what waits for a signature, what the broker must know, whom to cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import class_row, kwargs_row, scalar_row

from contracts import HomeId
from homes.enrolment import statements
from homes.enrolment.broker_files import Standing, standing_of
from homes.enrolment.model import REPLACED_AFTER
from homes.enrolment.postgres import CHANNEL, EnrolmentStore, credential_of
from runtime.postgres import Pool

#: Any fixed number: one keeper writes at a time.
KEEPER_LOCK = 0x6B656570


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A checked request that waits for its signature."""

    credential_id: int
    home_id: HomeId
    request: bytes


@dataclass(frozen=True, kw_only=True)
class Uncut:
    """A credential of which something is still to be done at the broker."""

    credential_id: int
    home_id: HomeId


class KeeperStore:
    """What the keeper reads and writes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def waiting(self) -> list[Waiting]:
        """Load the requests that wait for a signature."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Waiting))
            await cursor.execute(statements.WAITING)
            return await cursor.fetchall()

    async def issue(self, credential_id: int, *, serial: str, certificate: str, now: datetime, until: datetime) -> None:
        """Write a signed certificate down, and wake who waits for it."""
        told = {"id": credential_id, "serial": serial, "certificate": certificate, "now": now, "until": until}
        await self._do(statements.ISSUE, told)

    async def refuse(self, credential_id: int, now: datetime) -> None:
        """Turn a request away that cannot be signed."""
        await self._do(statements.REFUSE, {"id": credential_id, "now": now})

    async def standing(self, now: datetime) -> Standing:
        """Sum up what the broker must know."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=kwargs_row(credential_of))
            await cursor.execute(statements.STANDING)
            return standing_of(await cursor.fetchall(), now)

    async def mark(self) -> object:
        """Answer something that is another after every deed."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            await cursor.execute("select max(event_id) from enrolment_event")
            return await cursor.fetchone()

    async def uncut(self) -> list[Uncut]:
        """Load the credentials that ended and whose connection was not cut yet."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Uncut))
            await cursor.execute(statements.UNCUT)
            return await cursor.fetchall()

    async def cut(self, ids: Sequence[int], now: datetime) -> None:
        """Note that these connections were cut."""
        await self._do(statements.CUT, {"ids": list(ids), "now": now})

    async def end_outdated(self, now: datetime) -> int:
        """End what was replaced long ago by a gateway that never said so; answer how many homes that were."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Uncut))
            await cursor.execute(statements.OUTDATED, {"before": now - REPLACED_AFTER})
            newer = await cursor.fetchall()
        for each in newer:
            await EnrolmentStore(self._pool).end_older(each.home_id, each.credential_id, now)
        return len(newer)

    async def tell_authority(self, certificate: str, now: datetime) -> None:
        """Tell the authority's certificate to whoever hands it to gateways."""
        await self._do(statements.TELL_AUTHORITY, {"certificate": certificate, "now": now})

    async def _do(self, statement: LiteralString, told: dict[str, object]) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(statement, told)
            await connection.execute("select pg_notify(%(channel)s, '')", {"channel": CHANNEL})


async def become_the_keeper(connection: AsyncConnection[Any]) -> bool:
    """Take the keeper's lock for as long as the connection lives; False while another keeper has it."""
    cursor = connection.cursor(row_factory=scalar_row)
    await cursor.execute("select pg_try_advisory_lock(%(lock)s)", {"lock": KEEPER_LOCK})
    return await cursor.fetchone() is True
