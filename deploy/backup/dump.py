"""Make a backup: one moment of the database, counted and dumped through the same snapshot."""

import tarfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel, sql

from deploy import release
from deploy.backup import manifest, programs, shelf
from deploy.backup.manifest import Manifest, Place
from runtime import clock
from runtime.postgres import newest_of
from runtime.settings import Secret

#: Counting more would take longer than dumping it.
MOST_COUNTED: Final = 5_000_000
#: A migration that runs now is waited for so long.
_LOCK_WAIT: Final = "--lock-wait-timeout=30s"

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A backup that was made."""

    folder: Path
    manifest: Manifest
    #: Of the manifest: kept elsewhere it proves that nobody changed the backup.
    digest: str


def make(dsn: Secret, to: Path, *, jobs: int = 1, beside: Sequence[Path] = ()) -> Made:
    """Dump the database and pack what stands beside it into a new folder of the shelf."""
    made_at = clock.now()
    draft = shelf.draft_of(to, made_at)
    with closing(psycopg.connect(dsn.reveal())) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        rows, uncounted = rows_of(connection)
        about = facts(connection)
        _dump(dsn, draft / manifest.DUMP, jobs=jobs, snapshot=f"{_one(connection, 'select pg_export_snapshot()')}")
    if beside:
        pack(draft / manifest.FILES, beside)
    what = Manifest(
        made_at=made_at,
        release=release.VERSION,
        commit=release.commit(),
        contents=manifest.content_of(draft),
        rows=rows,
        uncounted=uncounted,
        **about,
    )
    digest = manifest.write(draft, what)
    return Made(folder=shelf.finished(draft), manifest=what, digest=digest)


def pack(tar: Path, beside: Sequence[Path]) -> None:
    """Pack folders and files under their own names, as they are; raise FileNotFoundError for one that is not there."""
    with tarfile.open(tar, "w") as archive:
        for path in beside:
            archive.add(path, arcname=path.name)
    tar.chmod(0o600)


def rows_of(connection: Connection, *, most: int = MOST_COUNTED) -> tuple[dict[str, int], tuple[str, ...]]:
    """Count the rows of every table of ours, and name those that are too large for it."""
    rows, uncounted = {}, []
    for name, about in connection.execute(_TABLES).fetchall():
        if about > most:
            uncounted.append(name)
            continue
        counting = sql.SQL("select count(*) from {}").format(sql.Identifier(name))
        rows[name] = int(_one(connection, counting))
    return rows, tuple(uncounted)


def facts(connection: Connection) -> dict[str, Any]:
    """Read what a manifest tells of the database itself."""
    applied = [name for (name,) in connection.execute("select file from schema_migration").fetchall()]
    return {
        "schema": newest_of(applied),
        "storage": f"{_one(connection, 'select mode from storage_mode')}",
        "postgres": connection.info.server_version // 10_000,
        "places": places_of(connection),
        "roles": tuple(f"{role}" for (role,) in connection.execute(_ROLES).fetchall()),
    }


def places_of(connection: Connection) -> tuple[Place, ...]:
    """Read how far this database has heard each topic."""
    return tuple(
        Place(who=who, topic=topic, partition=number, next_offset=place)
        for who, topic, number, place in connection.execute(_PLACES).fetchall()
    )


def _dump(dsn: Secret, to: Path, *, jobs: int, snapshot: str) -> None:
    with closing(psycopg.connect(dsn.reveal())) as connection:
        program = programs.find("pg_dump", connection.info.server_version // 10_000)
    many = ["--format=directory", f"--jobs={jobs}"] if jobs > 1 else ["--format=custom"]
    programs.run(program, dsn, [*many, f"--snapshot={snapshot}", _LOCK_WAIT, f"--file={to}"])


def _one(connection: Connection, statement: Any) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


#: Partitions are counted with their table; what an extension brought is not ours.
_TABLES: Final = """
    select c.relname, greatest(c.reltuples, (select sum(greatest(part.reltuples, 0)) from pg_inherits i
        join pg_class part on part.oid = i.inhrelid where i.inhparent = c.oid), 0)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = 'public'
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    order by c.relname
"""
#: Whoever has a right to anything of ours, or is named by a rule of it.
_ROLES: Final = """
    select distinct rolname from pg_roles join (
        select (aclexplode(relacl)).grantee as oid from pg_class where relnamespace = 'public'::regnamespace
        union select (aclexplode(attacl)).grantee from pg_attribute join pg_class c on c.oid = attrelid
            where c.relnamespace = 'public'::regnamespace
        union select (aclexplode(proacl)).grantee from pg_proc where pronamespace = 'public'::regnamespace
        union select (aclexplode(nspacl)).grantee from pg_namespace where nspname = 'public'
        union select (aclexplode(defaclacl)).grantee from pg_default_acl
        union select unnest(polroles) from pg_policy
    ) as granted using (oid)
    where rolname !~ '^pg_' order by rolname
"""
_PLACES: Final = """
    select 'alerts', topic, partition, next_offset from finding_place
    union all select 'history', topic, partition, next_offset from kafka_offset
    order by 1, 2, 3
"""
