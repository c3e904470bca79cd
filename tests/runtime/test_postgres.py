"""Migrations and the pool, on the embedded PostgreSQL and on Debian's."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from runtime.postgres import SCHEMA, ReleaseTooOld, SchemaDiffers, connect, migrate, pooled, wanted
from runtime.settings import Postgres

pytestmark = pytest.mark.door
COUNTED = "create table once (n int); insert into once values (1);"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The real files; tests add their own."""
    for file in SCHEMA.glob("*.sql"):
        (tmp_path / file.name).write_text(file.read_text())
    return tmp_path


async def rows(settings: Postgres, query: str) -> list[tuple[object, ...]]:
    connection = await connect(settings)
    async with connection:
        return await (await connection.execute(query.encode())).fetchall()


async def test_starters_at_the_same_time_migrate_once(any_postgres: Postgres, files: Path) -> None:
    (files / "9001_once.sql").write_text(COUNTED)
    modes = await asyncio.gather(*(migrate(any_postgres, files) for _ in range(6)))
    assert modes == ["plain"] * 6
    assert await rows(any_postgres, "select n from once") == [(1,)]


async def test_a_file_that_was_edited_after_it_was_applied_is_refused(any_postgres: Postgres, files: Path) -> None:
    (files / "9001_once.sql").write_text(COUNTED)
    await migrate(any_postgres, files)
    (files / "9001_once.sql").write_text(COUNTED + " -- a small change")
    with pytest.raises(SchemaDiffers, match=r"9001_once.sql was changed after it was applied"):
        await migrate(any_postgres, files)


async def test_an_older_program_starts_on_a_newer_database(any_postgres: Postgres, files: Path) -> None:
    (files / "9001_once.sql").write_text(COUNTED)
    await migrate(any_postgres, files)
    (files / "9001_once.sql").unlink()
    assert await migrate(any_postgres, files) == "plain"
    assert await rows(any_postgres, "select n from once") == [(1,)]


async def test_a_release_that_the_database_has_outgrown_is_refused_before_it_writes(
    any_postgres: Postgres, files: Path
) -> None:
    (files / "9001_once.sql").write_text("insert into schema_needs values (9001, 'column home.way is gone');")
    await migrate(any_postgres, files)
    (files / "9001_once.sql").unlink()
    (files / "9000_ours.sql").write_text(COUNTED)
    with pytest.raises(ReleaseTooOld, match=r"up to 9000, and the database needs 9001 or newer \(column home.way"):
        await migrate(any_postgres, files)
    assert await rows(any_postgres, "select to_regclass('once') is null") == [(True,)]


async def test_a_file_for_timescale_leaves_a_plain_database_alone(any_postgres: Postgres, files: Path) -> None:
    (files / "9001_timescale.sql").write_text("-- only: timescale\ncreate table of_timescale (n int);")
    (files / "9002_plain.sql").write_text("-- only: plain\ncreate table of_plain (n int);")
    await migrate(any_postgres, files)
    there = await rows(any_postgres, "select to_regclass('of_timescale') is null, to_regclass('of_plain') is null")
    assert there == [(True, False)]


async def test_a_file_that_fails_leaves_nothing_behind(any_postgres: Postgres, files: Path) -> None:
    (files / "9001_once.sql").write_text(f"{COUNTED} select 1/0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        await migrate(any_postgres, files)
    assert await rows(any_postgres, "select to_regclass('once') is null") == [(True,)]
    (files / "9001_once.sql").write_text(COUNTED)
    await migrate(any_postgres, files)
    assert await rows(any_postgres, "select n from once") == [(1,)]


async def test_the_pool_outlives_a_session_that_the_server_ended(any_postgres: Postgres) -> None:
    async with pooled(any_postgres) as pool:
        async with pool.connection() as connection:
            (pid,) = await (await connection.execute("select pg_backend_pid()")).fetchone() or (None,)
        # Returns once the session is gone: while it is still dying, a check of the connection would find it well.
        assert await rows(any_postgres, f"select pg_terminate_backend({pid}, 30000)") == [(True,)]
        async with pool.connection() as connection:
            assert await (await connection.execute("select 1")).fetchone() == (1,)


def test_no_two_files_have_the_same_number() -> None:
    numbers = [file.name.split("_")[0] for file in sorted(SCHEMA.glob("*.sql"))]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("text", "mode", "asked"),
    [
        ("create table x ();", "plain", True),
        ("-- only: plain\n...", "plain", True),
        ("-- only: plain\n...", "timescale", False),
        ("--only: plain\n...", "timescale", True),
    ],
)
def test_the_first_line_says_for_which_storage_a_file_is(text: str, mode: str, asked: bool) -> None:
    assert wanted(text, mode) is asked
