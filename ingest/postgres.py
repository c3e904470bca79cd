"""What gateways declared, as PostgreSQL keeps it: written behind the journey, read before a partition is heard."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import psycopg
import structlog

from contracts import HomeId, partition_of
from contracts.topics import PARTITIONS
from ingest import metrics
from ingest.declarations import Declaration, Declared, declared_with
from runtime.postgres import Pool

log = structlog.get_logger()

#: So many homes are asked for at once.
_HOMES_AT_ONCE: Final = 500
#: So many declarations are written in one transaction.
_WRITTEN_AT_ONCE: Final = 500
#: While the database is away so many wait; beyond it the oldest are given up: gateways can be asked to say them again.
MOST_WAITING: Final = 50_000
#: A home that is deleted meanwhile breaks a promise of the schema once, and is not there at the next try.
_TROUBLE: Final = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.IntegrityError, TimeoutError)

Key = tuple[HomeId, str, str]
Word = tuple[Declaration, datetime]


class DeclarationStore:
    """The table of declarations."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def load_all(self) -> dict[HomeId, Declared]:
        """Load what all homes declared."""
        return await self._load("select home_id, dialect, name, meaning from gateway_declaration", None)

    async def load(self, home_ids: Sequence[HomeId]) -> dict[HomeId, Declared]:
        """Load what these homes declared."""
        return await self._load(
            "select home_id, dialect, name, meaning from gateway_declaration where home_id = any(%s)", list(home_ids)
        )

    async def homes(self) -> list[HomeId]:
        """Name the homes that declared anything."""
        async with self._pool.connection() as connection:
            rows = await connection.execute("select distinct home_id from gateway_declaration")
            return [HomeId(f"{home_id}") async for (home_id,) in rows]

    async def _load(self, query: str, homes: list[HomeId] | None) -> dict[HomeId, Declared]:
        found: dict[HomeId, dict[tuple[str, str], Declaration]] = {}
        async with self._pool.connection() as connection:
            rows = await connection.execute(query.encode(), None if homes is None else [homes])
            async for home_id, dialect, name, meaning in rows:
                if not isinstance(meaning, bytes):
                    continue
                said = Declaration(dialect=f"{dialect}", name=f"{name}", meaning=meaning)
                found.setdefault(HomeId(f"{home_id}"), {})[(said.dialect, said.name)] = said
        return dict(found)

    async def put(self, home_id: HomeId, declaration: Declaration, declared_at: datetime) -> None:
        """Keep one declaration, or take it back when it is empty."""
        await self.put_all([(home_id, declaration, declared_at)])

    async def put_all(self, said: Iterable[tuple[HomeId, Declaration, datetime]]) -> None:
        """Keep or take back several in one transaction; of homes that are gone nothing is kept."""
        rows = [
            {"home": home, "dialect": each.dialect, "name": each.name, "meaning": each.meaning, "at": at}
            for home, each, at in said
            if not each.volatile
        ]
        async with self._pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            await cursor.executemany(
                "insert into gateway_declaration (home_id, dialect, name, meaning, declared_at)"
                " select home_id, %(dialect)s, %(name)s, %(meaning)s, %(at)s from home where home_id = %(home)s"
                " on conflict (home_id, dialect, name)"
                " do update set meaning = excluded.meaning, declared_at = excluded.declared_at"
                " where gateway_declaration.declared_at <= excluded.declared_at",
                [row for row in rows if row["meaning"]],
            )
            await cursor.executemany(
                "delete from gateway_declaration where home_id = %(home)s and dialect = %(dialect)s"
                " and name = %(name)s and declared_at <= %(at)s",
                [row for row in rows if not row["meaning"]],
            )


class Words:
    """What the gateways of our partitions declared: in memory at once, in the database right behind.

    A partition is heard only after its words were read: a cry must not come before what it means. `read` is told of
    each partition whose words are there. Nobody waits for what is written.
    """

    def __init__(self, store: DeclarationStore, read: Callable[[int], None]) -> None:
        self._store = store
        self._read = read
        self._declared: dict[HomeId, Declared] = {}
        #: What the database does not have yet, the newest word of each kind.
        self._waiting: dict[Key, Word] = {}
        self._wanted: set[int] = set()
        self._known: set[int] = set()
        self._work = asyncio.Event()
        self._away = False

    @property
    def declared(self) -> Mapping[HomeId, Declared]:
        """Give what is known, always the same mapping: it grows as gateways speak."""
        return self._declared

    def knows(self, partition: int) -> bool:
        """Tell whether a partition's words were read."""
        return partition in self._known

    def enter(self, partition: int) -> None:
        """Ask for a partition's words."""
        self._wanted.add(partition)
        self._work.set()

    def leave(self, partition: int) -> None:
        """Forget a partition: whoever serves it now learns more than we do."""
        self._wanted.discard(partition)
        self._known.discard(partition)
        for home_id in [each for each in self._declared if _partition_of(each) == partition]:
            del self._declared[home_id]

    def learn(self, home_id: HomeId, news: tuple[Declaration, ...], said_at: datetime) -> None:
        """Remember news at once, and have them written soon."""
        metrics.declarations.inc(sum(not each.volatile for each in news))
        self._declared[home_id] = declared_with(self._declared.get(home_id, {}), news)
        for each in news:
            if not each.volatile:
                self._waiting.pop((home_id, each.dialect, each.name), None)
                self._waiting[(home_id, each.dialect, each.name)] = (each, said_at)
        if self._waiting:
            self._work.set()
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
            metrics.declarations_given_up.inc()

    async def keep(self) -> None:
        """Read and write for ever."""
        while True:
            await self._work.wait()
            try:
                await self._turn()
            except _TROUBLE as error:
                if not self._away:
                    log.warning("declarations_not_kept", error=type(error).__name__)
                self._away = True
                await asyncio.sleep(1)

    async def written(self) -> None:
        """Write what waits, now; the end of a partition in good order waits for it."""
        with suppress(*_TROUBLE):
            while self._waiting:
                await self._write()

    async def _turn(self) -> None:
        self._work.clear()
        try:
            for partition in sorted(self._wanted - self._known):
                await self._learn(partition)
            while self._waiting:
                await self._write()
        except _TROUBLE:
            self._work.set()
            raise
        self._away = False

    async def _learn(self, partition: int) -> None:
        # Asked of the table itself: which homes there are, this process may not have learned yet.
        homes = [home_id for home_id in await self._store.homes() if _partition_of(home_id) == partition]
        for begin in range(0, len(homes), _HOMES_AT_ONCE):
            self._declared.update(await self._store.load(homes[begin : begin + _HOMES_AT_ONCE]))
        for (home_id, _, _), (word, _) in self._waiting.items():  # newer than what was read
            if _partition_of(home_id) != partition:
                continue
            self._declared[home_id] = declared_with(self._declared.get(home_id, {}), (word,))
        if partition in self._wanted:
            self._known.add(partition)
            self._read(partition)

    async def _write(self) -> None:
        some = dict(list(self._waiting.items())[:_WRITTEN_AT_ONCE])
        await self._store.put_all((home_id, word, at) for (home_id, _, _), (word, at) in some.items())
        for key, word in some.items():
            if self._waiting.get(key) is word:
                del self._waiting[key]


def _partition_of(home_id: HomeId) -> int:
    return partition_of(home_id, partitions=PARTITIONS)
