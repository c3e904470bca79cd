"""Rosters for those who plan them, in PostgreSQL: read with the policies that call them, changed one at a time."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, LiteralString, TypeVar

import msgspec
from psycopg import AsyncConnection

from contracts import HomeId, ResponderId
from homes import statements
from homes.changes import in_parts
from homes.model import District, Policy, Responder, Roster
from runtime.postgres import Pool

Connection = AsyncConnection[Any]
Thing = TypeVar("Thing")


class PlanStore:
    """The rosters of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def rosters(self) -> tuple[Roster, ...]:
        """Load every roster."""
        return await self._all(statements.ROSTERS, Roster)

    async def policies(self) -> tuple[Policy, ...]:
        """Load every policy."""
        return await self._all(statements.POLICIES, Policy)

    async def people(self) -> tuple[Responder, ...]:
        """Load everybody who could be put on a roster."""
        return await self._all(statements.RESPONDERS, Responder)

    async def districts(self) -> tuple[tuple[District, tuple[str, ...]], ...]:
        """Load every district that has homes, with the policies of those homes."""
        async with self._pool.connection() as connection:
            districts = {one.district_id: one for one in await _read(connection, statements.DISTRICTS, District)}
            rows = await _named(connection)
        return tuple((districts[key], tuple(named)) for key, named in rows if key in districts)

    async def on_hold(self) -> list[HomeId]:
        """Name the homes whose watching rests now."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_ON_HOLD)
            return [HomeId(f"{home_id}") for (home_id,) in await cursor.fetchall()]

    async def change(self, roster_id: str, change: Callable[[Roster | None], Roster | None]) -> bool:
        """Let a rule change one roster, alone; what it answers None to stays as it is. Tell whether it was changed."""
        async with self._pool.connection() as connection, connection.transaction():
            found = await _read(connection, _ONE, Roster, roster_id=roster_id)
            after = change(found[0] if found else None)
            if after is None:
                return False
            await connection.execute(statements.EDIT_ROSTER, {"new": msgspec.json.encode([after]).decode()})
        return True

    async def _all(self, statement: LiteralString, kind: type[Thing]) -> tuple[Thing, ...]:
        async with self._pool.connection() as connection:
            return tuple(await _read(connection, statement, kind))


async def put_rosters(connection: Connection, rosters: Sequence[Roster], *, force: bool) -> tuple[str, ...]:
    """Write the rosters of a street file; answer those that were edited on the page since, and so are kept."""
    wrote: set[str] = set()
    for part in in_parts(rosters):
        asked = {"new": msgspec.json.encode(part).decode(), "force": force}
        cursor = await connection.execute(statements.PUT_ROSTERS, asked)
        wrote |= {f"{roster_id}" for (roster_id,) in await cursor.fetchall()}
    return tuple(one.roster_id for one in rosters if one.roster_id not in wrote)


def people_of(people: Collection[Responder]) -> dict[ResponderId, Responder]:
    """Name people by their ids."""
    return {one.responder_id: one for one in people}


async def _read(connection: Connection, statement: LiteralString, kind: type[Thing], **asked: object) -> list[Thing]:
    cursor = await connection.execute(statement, asked)
    decoder = msgspec.json.Decoder(kind)
    return [decoder.decode(row[0]) for row in await cursor.fetchall()]


async def _named(connection: Connection) -> list[tuple[Any, ...]]:
    return await (await connection.execute(_POLICIES_OF_DISTRICTS)).fetchall()


_ONE: Final = "select to_jsonb(r)::text from roster r where r.roster_id = %(roster_id)s for update"
_ON_HOLD: Final = "select distinct home_id from hold where from_at <= now() and until_at > now() order by home_id"
_POLICIES_OF_DISTRICTS: Final = """
    select district_id, array_agg(distinct policy_id order by policy_id) from home
    where watched group by district_id order by district_id
"""
