"""PostgreSQL: the pool, and migrations under a lock."""

import asyncio
import hashlib
import select
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from runtime.settings import Postgres

log = structlog.get_logger()

SCHEMA: Final = Path(__file__).parent.parent / "deploy" / "schema"
#: Any fixed number: whoever migrates holds this advisory lock.
_MIGRATION_LOCK: Final = 0x646F6C62

#: The tables by which migrations know what was done.
_KEPT_FIRST: Final = {
    "schema_migration": "file text primary key, sha256 text not null, applied_at timestamptz not null default now()",
    "storage_mode": "mode text not null",
}

#: Whoever waits so long for a connection tries again, and with them the pool does: after an outage of any length the
#: first connection comes within this. By itself the pool would double its pauses up to minutes.
_WAITED_SECONDS: Final = 10.0
_RECONNECTED_SECONDS: Final = 8.0

Pool = AsyncConnectionPool[AsyncConnection[tuple[object, ...]]]


class SchemaDiffers(Exception):
    """A migration was edited after it was applied; the message says what to do instead."""


class NotMigrated(Exception):
    """The database is behind this release and our role may not change it: its owner runs `python -m deploy roles`."""


class ReleaseTooOld(Exception):
    """A newer release has taken away from this database what ours needs; the message names the mend."""


@asynccontextmanager
async def pooled(settings: Postgres) -> AsyncIterator[Pool]:
    """Hold a pool of connections; transactions are the caller's, by `async with connection.transaction()`."""
    pool: Pool = AsyncConnectionPool(
        settings.dsn.reveal(),
        min_size=1,
        max_size=settings.pool_size,
        open=False,
        kwargs={"autocommit": True},
        check=_check,
        timeout=_WAITED_SECONDS,
        reconnect_timeout=_RECONNECTED_SECONDS,
    )
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close(timeout=2)


async def _check(connection: AsyncConnection[tuple[object, ...]]) -> None:
    """Ask the server only when its line has something to say: a line that was closed says so, a live one is silent.

    A question with every use of a connection would be a fifth of all that PostgreSQL is asked.
    """
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if line.poll(0):
        await AsyncConnectionPool.check_connection(connection)


async def connect(settings: Postgres) -> AsyncConnection[tuple[object, ...]]:
    """Open a connection of one's own, for LISTEN."""
    return await AsyncConnection.connect(settings.dsn.reveal(), autocommit=True)


async def migrate(settings: Postgres, folder: Path = SCHEMA) -> str:
    """Apply the files that are missing, one transaction each; answer the storage mode, `timescale` or `plain`."""
    connection = await _reached(settings)
    async with connection:
        await connection.execute("select pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        await connection.execute("set lock_timeout = '5s'")
        try:
            mode = await _storage_mode(connection)
            await _apply(connection, folder, mode)
        except psycopg.errors.InsufficientPrivilege as error:
            raise NotMigrated(f"{NotMigrated.__doc__} ({error.diag.message_primary})") from error
        return mode


async def _reached(settings: Postgres) -> AsyncConnection[tuple[object, ...]]:
    for left in reversed(range(60)):
        try:
            return await connect(settings)
        except psycopg.OperationalError:
            if not left:
                raise
            log.warning("postgres_not_reached")
            await asyncio.sleep(0.5)
    raise AssertionError("unreachable")


async def _storage_mode(connection: AsyncConnection[tuple[object, ...]]) -> str:
    """Decide once; installing the extension later must not flip a filled database."""
    # Asked first: a role that may not make tables is refused even when they are there.
    for name, columns in _KEPT_FIRST.items():
        if await (await connection.execute("select to_regclass(%s) is null", [name])).fetchone() == (True,):
            await connection.execute(f"create table {name} ({columns})".encode())
    row = await (await connection.execute("select mode from storage_mode")).fetchone()
    if row:
        return f"{row[0]}"
    # CREATE EXTENSION on a server that did not preload it is fatal, so ask first. The Apache edition
    # has no policies and no continuous aggregates: it is plain for us.
    row = await (
        await connection.execute(
            "select (select count(*) from pg_settings where name = 'timescaledb.max_background_workers') > 0"
            " and (select count(*) from pg_available_extensions where name = 'timescaledb') > 0"
            " and coalesce(current_setting('timescaledb.license', true), '') = 'timescale'"
        )
    ).fetchone()
    mode = "timescale" if row and row[0] else "plain"
    await connection.execute("insert into storage_mode values (%s)", [mode])
    return mode


async def _apply(connection: AsyncConnection[tuple[object, ...]], folder: Path, mode: str) -> None:
    cursor = await connection.execute("select file, sha256 from schema_migration")
    applied = {f"{file}": f"{digest}" for file, digest in await cursor.fetchall()}
    files = _files(folder)
    await _refuse_too_old(connection, newest_of(files))
    if newer := applied.keys() - files.keys():
        # In a rolling upgrade old and new run side by side; each file is safe while the old code still runs.
        log.warning("database_is_newer", files=sorted(newer))
    for name, text in files.items():
        digest = hashlib.sha256(text.encode()).hexdigest()
        if name in applied:
            if applied[name] != digest:
                raise SchemaDiffers(f"{name} was changed after it was applied; add a new file instead")
            continue
        async with connection.transaction():
            if wanted(text, mode):
                await connection.execute(text)
            await connection.execute("insert into schema_migration (file, sha256) values (%s, %s)", [name, digest])
        log.info("migration_applied", file=name)


async def _refuse_too_old(connection: AsyncConnection[tuple[object, ...]], ours: int) -> None:
    """Stop before anything is written; a database that says nothing of it suits every release."""
    row = await (await connection.execute("select to_regclass('schema_needs') is not null")).fetchone()
    if row == (False,):
        return
    cursor = await connection.execute("select oldest, why from schema_needs where oldest > %s order by oldest", [ours])
    if needs := await cursor.fetchall():
        oldest, why = needs[-1]
        raise ReleaseTooOld(
            f"this release knows the schema up to {ours:04}, and the database needs {int(f'{oldest}'):04} or newer"
            f" ({why}): start the newer release again, or restore the backup that was made before the upgrade"
        )


def newest_of(files: Iterable[str]) -> int:
    """Tell the number of the newest schema file among these names."""
    return max((int(name.split("_")[0]) for name in files), default=0)


def _files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.glob("[0-9]*.sql"))}


def wanted(text: str, mode: str) -> bool:
    """Tell whether a migration is for this storage mode; its first line may say `-- only: timescale|plain`."""
    first = text.split("\n", 1)[0]
    return not first.startswith("-- only:") or first.removeprefix("-- only:").strip() == mode
