"""Bring a backup back into an empty database, prove it, and make it ready for services that knew its successor."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from deploy.backup import manifest, programs, proof, shelf
from deploy.backup.manifest import Manifest, Tried
from runtime import clock
from runtime.settings import Secret

#: Detectors keep a home by its highest version. No home is changed so often between a backup and its return.
_LIFTED: Final = 1_000

Connection = psycopg.Connection[tuple[Any, ...]]


class NotEmpty(Exception):
    """The database holds something; a restore never writes over it."""


class NoSuchRoles(Exception):
    """Rights in the backup belong to roles that this server does not have."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was brought back."""

    manifest: Manifest
    faults: tuple[str, ...]
    seconds: float
    #: What the people at work want to know first.
    open_alerts: int
    waiting_calls: int
    overdue: int


def restore(folder: Path, into: Secret, *, jobs: int = 1, rights: bool = True) -> Restored:
    """Restore a backup; raise Damaged, NotEmpty, NoSuchRoles or ProgramFailed before anything counts on it."""
    began = clock.ticks()
    backup = shelf.chosen(folder)
    what = manifest.read(backup)
    manifest.verify(backup, what)
    _refuse_filled(into)
    if rights:
        _refuse_without_roles(into, what)
    with _timescale(into, what):
        _load(backup / manifest.DUMP, into, jobs=jobs, rights=rights)
    return settled(into, what, began=began)


def settled(into: Secret, what: Manifest, *, began: float) -> Restored:
    """Prove what is there against its manifest, and make it ready."""
    faults = tuple(proof.faults(into, what))
    with closing(psycopg.connect(into.reveal(), autocommit=True)) as connection:
        make_ready(connection)
        return Restored(
            manifest=what,
            faults=faults,
            seconds=clock.ticks() - began,
            open_alerts=_count(connection, "select count(*) from alert where state <> 'resolved'"),
            waiting_calls=_count(connection, "select count(*) from notification where state = 'queued'"),
            overdue=_count(connection, "select count(*) from alert where state <> 'resolved' and due_at < now()"),
        )


def make_ready(connection: Connection) -> None:
    """Let detectors believe each home again, although they may have known a newer version of it."""
    connection.execute("update home set version = version + %s, changed_at = now()", [_LIFTED])
    connection.execute("analyze")


def tried(folder: Path, server: Secret, *, jobs: int = 1) -> Restored:
    """Restore into a database that exists for nothing else, and remove it; a good one is noted beside the backup."""
    backup = shelf.chosen(folder)
    with _scratch(server) as into:
        restored = restore(backup, into, jobs=jobs)
    if not restored.faults:
        shelf.note_tried(backup, Tried(at=clock.now(), seconds=restored.seconds))
    return restored


@contextmanager
def _scratch(server: Secret) -> Iterator[Secret]:
    name = f"dolbom_tried_{secrets.token_hex(6)}"
    with closing(psycopg.connect(server.reveal(), autocommit=True)) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            yield programs.another(server, name)
        finally:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _refuse_filled(into: Secret) -> None:
    with closing(psycopg.connect(into.reveal())) as connection:
        there = [name for (name,) in connection.execute(_THERE).fetchall()]
        if there:
            raise NotEmpty(
                f"the database {connection.info.dbname} holds {len(there)} tables ({', '.join(there[:3])}, ...):"
                " a restore never writes over what is there. Make another one (createdb) and name it with --into;"
                " keep the old one until you are sure"
            )


def _refuse_without_roles(into: Secret, what: Manifest) -> None:
    with closing(psycopg.connect(into.reveal())) as connection:
        there = {name for (name,) in connection.execute("select rolname from pg_roles").fetchall()}
    if missing := sorted(set(what.roles) - there):
        raise NoSuchRoles(
            f"rights in this backup belong to {', '.join(missing)}, which this server does not have: create"
            f" them first ({' '.join(f'create role {name};' for name in missing)}), or give up all rights with"
            " --without-rights and let every service use the owner's account"
        )


@contextmanager
def _timescale(into: Secret, what: Manifest) -> Iterator[None]:
    """Let TimescaleDB stand aside while its tables are filled."""
    if what.storage != "timescale":
        yield
        return
    with closing(psycopg.connect(into.reveal(), autocommit=True)) as connection:
        connection.execute("create extension if not exists timescaledb")
        connection.execute("select timescaledb_pre_restore()")
    yield
    with closing(psycopg.connect(into.reveal(), autocommit=True)) as connection:
        connection.execute("select timescaledb_post_restore()")


def _load(dump: Path, into: Secret, *, jobs: int, rights: bool) -> None:
    with closing(psycopg.connect(into.reveal())) as connection:
        program = programs.find("pg_restore", connection.info.server_version // 10_000)
    # All or nothing, where one worker does it; several cannot share a transaction.
    how = [f"--jobs={jobs}"] if jobs > 1 else ["--single-transaction"]
    whose = ["--no-owner"] if rights else ["--no-owner", "--no-privileges"]
    programs.run(program, into, [*how, *whose, "--exit-on-error", dump])


def _count(connection: Connection, statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    return int(row[0]) if row else 0


_THERE: Final = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    order by c.relname
"""
