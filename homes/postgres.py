"""Homes in PostgreSQL: read whole, written by the street, and told to whoever listens."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final, LiteralString, TypeVar

import msgspec
import psycopg
import structlog
from psycopg import AsyncConnection

from contracts import Hold, HoldKind, HomeId, ResponderId, WatchedHome
from homes import statements
from homes.changes import compare, in_parts
from homes.kept import Kept, KeptHomes
from homes.model import District, Home, ImportReport, Policy, Responder, Roster, Street, hold_fault
from homes.planning.postgres import put_rosters
from homes.rosters import duty, everybody
from runtime import clock, postgres
from runtime.postgres import Pool
from runtime.settings import Postgres

log = structlog.get_logger()

#: More changes than these are told as one: "load everything again".
_TOLD_ONE_BY_ONE: Final = 64
#: After so many new homes the database counts its tables: by old counts it would read all responders for each home.
_MANY: Final = 100
#: A word that was never said is noticed after so long.
_LOOK_EVERY_SECONDS: Final = 5.0
#: A roster that was changed counts after so long.
_ROSTERS_LAST_SECONDS: Final = 5.0
#: Any fixed number: who saves a street holds this advisory lock until the end of the transaction.
_SAVE_LOCK: Final = 0x686F6D65
_HOME: Final = msgspec.json.Decoder(Home)

Connection = AsyncConnection[Any]
Thing = TypeVar("Thing")


class UnknownHome(Exception):
    """There is no home of this id."""


class BadHold(Exception):
    """The span of the hold is not allowed; the message says why."""


class HomeStore:
    """The homes of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept = KeptHomes()
        # Rosters are few, and asked for with every alert: they are read once for many.
        self._rosters: Sequence[Roster] = ()
        self._on_rosters: Mapping[ResponderId, Responder] = {}
        self._rosters_read_at = float("-inf")

    async def load(self, home_id: HomeId) -> Home | None:
        """Load one home, or None when there is none of this id."""
        return (await self.load_many([home_id])).get(home_id)

    async def load_many(self, home_ids: Sequence[HomeId]) -> dict[HomeId, Home]:
        """Load those of these homes that exist, as they are now; what has not changed is not read again."""
        known = self._kept.of(home_ids)
        async with self._pool.connection() as connection:
            same = await _unchanged(connection, known) if known else {}
            read = await _marked(connection, [one for one in home_ids if one not in same])
        self._kept.keep(same | read)
        return {home_id: kept.home for home_id, kept in (same | read).items()}

    async def all_watched(self) -> list[WatchedHome]:
        """Load what detectors may know of every home; one that is out of service says so itself."""
        async with self._pool.connection() as connection:
            return await _read(connection, statements.WATCHED, WatchedHome)

    async def watched(self, home_id: HomeId) -> WatchedHome | None:
        """Load what detectors may know of one home."""
        async with self._pool.connection() as connection:
            found = await _read(connection, statements.WATCHED_ONE, WatchedHome, home_id=home_id)
        return found[0] if found else None

    async def responders(self, ids: Collection[ResponderId]) -> dict[ResponderId, Responder]:
        """Load responders by their ids, whether a home's list names them or a roster does."""
        async with self._pool.connection() as connection:
            found = await _read(connection, statements.RESPONDERS_NAMED, Responder, ids=list(ids))
        return {one.responder_id: one for one in found}

    async def on_duty(self, at: datetime) -> dict[str, tuple[Responder, ...]]:
        """Tell of every roster who is on duty; the rosters are a few seconds old at most."""
        return (await self.duties())(at)

    async def duties(self) -> Callable[[datetime], dict[str, tuple[Responder, ...]]]:
        """Read the rosters, for whoever learns only later what time it is."""
        if clock.ticks() - self._rosters_read_at > _ROSTERS_LAST_SECONDS:
            await self._read_rosters()
        return partial(duty, self._rosters, self._on_rosters)

    async def on_rosters(self) -> tuple[Responder, ...]:
        """Load everybody whom a roster names, on duty now or not: who was called at night may answer by day."""
        await self.duties()
        return tuple(self._on_rosters.values())

    async def _read_rosters(self) -> None:
        async with self._pool.connection() as connection:
            rosters = await _read(connection, statements.ROSTERS, Roster)
            named = {key for roster in rosters for key in everybody(roster)}
            people = await _read(connection, statements.RESPONDERS_NAMED, Responder, ids=list(named)) if named else []
        self._rosters, self._on_rosters = rosters, {one.responder_id: one for one in people}
        self._rosters_read_at = clock.ticks()

    async def search(self, part: str, *, most: int, districts: Collection[str] = ()) -> list[HomeId]:
        """Name the homes whose id holds these letters, in order; without districts, of every district."""
        asked = {"part": part, "most": most, "districts": sorted(districts)}
        async with self._pool.connection() as connection:
            rows = await connection.execute(statements.SEARCH, asked)
            return [HomeId(f"{row[0]}") for row in await rows.fetchall()]

    async def whereabouts(self) -> list[tuple[HomeId, str, str]]:
        """Tell of every home in service which district and which carrier it belongs to."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statements.WHEREABOUTS)
            return [
                (HomeId(f"{home}"), f"{district}", f"{carrier}") for home, district, carrier in await cursor.fetchall()
            ]

    async def save(self, street: Street, *, force: bool = False) -> ImportReport:
        """Write a street in one transaction; only homes that really differ get a new version and are told.

        A roster that was edited on the page is kept as it is there, unless it is forced.
        """
        async with self._pool.connection() as connection:
            async with connection.transaction():
                await connection.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": _SAVE_LOCK})
                report = await _save(connection, street, force=force)
            await _tell(connection, [*report.added, *report.changed])
            if len(report.added) + len(report.changed) >= _MANY:
                await connection.execute(statements.ANALYZE)
        return report

    async def export(self) -> Street:
        """Read everything as a street; a street knows no versions."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("set transaction isolation level repeatable read read only")
            return Street(
                districts=tuple(await _read(connection, statements.DISTRICTS, District)),
                policies=tuple(await _read(connection, statements.POLICIES, Policy)),
                responders=tuple(await _read(connection, statements.RESPONDERS, Responder)),
                rosters=tuple(await _read(connection, statements.ROSTERS, Roster)),
                homes=tuple(
                    replace(home, version=0)
                    for home in await _read(connection, statements.HOMES + statements.REAL + statements.IN_ORDER, Home)
                ),
            )

    async def add_hold(self, home_id: HomeId, hold: Hold, *, by: str = "", reason: str = "") -> None:
        """Let passive watching of a home rest until the hold ends; raise BadHold or UnknownHome."""
        if fault := hold_fault(hold):
            raise BadHold(fault)
        async with self._pool.connection() as connection:
            async with connection.transaction():
                if not await _bump(connection, [home_id]):
                    raise UnknownHome(f"{home_id}: there is no such home")
                await connection.execute(statements.PUT_HOLDS, {"new": _json([{"home_id": home_id, "holds": [hold]}])})
                said = {"home_id": home_id, "kind": hold.kind, "from_at": hold.from_at, "by": by, "reason": reason}
                await connection.execute(statements.SAY_HOLD, said)
            await _tell(connection, [home_id])

    async def end_hold(self, home_id: HomeId, kind: HoldKind, from_at: datetime, now: datetime) -> bool:
        """End a hold before its time, or take one back that has not begun; tell whether there was one."""
        asked = {"home_id": home_id, "kind": kind, "from_at": from_at, "now": now}
        async with self._pool.connection() as connection:
            async with connection.transaction():
                # The home first, as everybody locks it first.
                await _bump(connection, [home_id])
                ended = (await connection.execute(statements.END_HOLD, asked)).rowcount
                ended += (await connection.execute(statements.DROP_HOLD, asked)).rowcount
            await _tell(connection, [home_id])
        return ended > 0


async def changes(settings: Postgres) -> AsyncGenerator[HomeId | None, None]:
    """Yield each home that changed; None is "load everything again": at first, and after every gap in hearing."""
    while True:
        try:
            async with await postgres.connect(settings) as connection:
                await connection.execute("listen homes_changed")
                seen = await _standing(connection)
                yield None
                while True:
                    quiet = True
                    async for heard in connection.notifies(timeout=_LOOK_EVERY_SECONDS):
                        quiet = False
                        yield HomeId(heard.payload) if heard.payload else None
                    # Looking also shows a dead line, and a change whose writer died between its commit and its word.
                    before, seen = seen, await _standing(connection)
                    if quiet and seen != before:
                        yield None
        except psycopg.OperationalError as error:
            log.warning("homes_listener_lost", error=type(error).__name__)
            await asyncio.sleep(0.5)


async def _standing(connection: Connection) -> tuple[object, ...] | None:
    """Answer something that is another whenever a home is."""
    return await (await connection.execute(statements.STANDING)).fetchone()


async def _save(connection: Connection, street: Street, *, force: bool) -> ImportReport:
    # Read before anything is written: a home also differs when its responder, policy or district does.
    stored = await _homes(connection, _ids(street.homes))
    found = compare(street.homes, stored, now=clock.now())
    touched = await _put_shared(connection, street)
    for part in in_parts([*found.added, *found.changed]):
        wrote = {"new": _json(part)}
        for statement in statements.PUT_ALL:
            await connection.execute(statement, wrote)
    await _bump(connection, touched)
    return ImportReport(
        added=_ids(found.added),
        changed=(*_ids(found.changed), *touched),
        unchanged=found.unchanged,
        left_alone=await _others(connection, [*_ids(street.homes), *touched]),
        kept_rosters=await put_rosters(connection, street.rosters, force=force),
    )


async def _put_shared(connection: Connection, street: Street) -> list[HomeId]:
    """Write what homes share; answer the homes outside the street that are changed by it."""
    districts = {each.district_id: each for each in (*street.districts, *(home.district for home in street.homes))}
    policies = {each.policy_id: each for each in (*street.policies, *(home.policy for home in street.homes))}
    called = (responder for home in street.homes for responder in home.responders)
    # What a home knows of a responder is for that home; the street's own line of them counts for all.
    responders = {each.responder_id: each for each in (*called, *street.responders)}
    asked = {
        "districts": await _changed(connection, statements.PUT_DISTRICTS, districts.values()),
        "policies": await _changed(connection, statements.PUT_POLICIES, policies.values()),
        "responders": await _changed(connection, statements.PUT_RESPONDERS, responders.values()),
        "homes": list(_ids(street.homes)),
    }
    return [HomeId(row[0]) for row in await (await connection.execute(statements.TOUCHED, asked)).fetchall()]


async def _changed(connection: Connection, statement: LiteralString, things: Iterable[object]) -> list[str]:
    changed: list[str] = []
    for part in in_parts(list(things)):
        cursor = await connection.execute(statement, {"new": _json(part)})
        changed += [row[0] for row in await cursor.fetchall()]
    return changed


async def _bump(connection: Connection, home_ids: Sequence[HomeId]) -> bool:
    return (await connection.execute(statements.BUMP, {"homes": list(home_ids)})).rowcount > 0


async def _others(connection: Connection, home_ids: Sequence[HomeId]) -> tuple[HomeId, ...]:
    cursor = await connection.execute(statements.OTHERS, {"homes": list(home_ids)})
    return tuple(HomeId(row[0]) for row in await cursor.fetchall())


async def _tell(connection: Connection, home_ids: Sequence[HomeId]) -> None:
    """Wake the listeners; after the commit, because NOTIFY inside a transaction makes all commits queue."""
    for home_id in home_ids if len(home_ids) <= _TOLD_ONE_BY_ONE else [""]:
        await connection.execute("select pg_notify('homes_changed', %(home)s)", {"home": home_id})


async def _homes(connection: Connection, home_ids: Sequence[HomeId]) -> dict[HomeId, Home]:
    found = await _read(connection, statements.HOMES + statements.ASKED, Home, homes=list(home_ids))
    return {home.home_id: home for home in found}


async def _unchanged(connection: Connection, known: Mapping[HomeId, Kept]) -> dict[HomeId, Kept]:
    rows = await connection.execute(statements.MARKS, {"homes": list(known)})
    return {home_id: known[home_id] for home_id, mark in await rows.fetchall() if known[home_id].mark == mark}


async def _marked(connection: Connection, home_ids: Sequence[HomeId]) -> dict[HomeId, Kept]:
    if not home_ids:
        return {}
    rows = await connection.execute(statements.MARKED_HOMES, {"homes": list(home_ids)})
    return {home_id: Kept(mark=mark, home=_HOME.decode(home)) for home_id, mark, home in await rows.fetchall()}


async def _read(connection: Connection, statement: LiteralString, kind: type[Thing], **asked: object) -> list[Thing]:
    """Run a statement that answers one JSON text a row, in the shape of the kind."""
    cursor = await connection.execute(statement, asked)
    decoder = msgspec.json.Decoder(kind)
    return [decoder.decode(row[0]) for row in await cursor.fetchall()]


def _ids(homes: Iterable[Home]) -> tuple[HomeId, ...]:
    return tuple(home.home_id for home in homes)


def _json(things: Sequence[Any]) -> str:
    return msgspec.json.encode(things).decode()
