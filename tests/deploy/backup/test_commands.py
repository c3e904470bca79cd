"""What a person types: a backup that is whole, closed to others, tried, and never written over anything."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.__main__ import app
from deploy.backup import manifest, shelf
from deploy.embedded.postgres import EmbeddedPostgres
from runtime.settings import Postgres
from tests.deploy.backup.databases import an_empty, databases, rows

pytestmark = pytest.mark.door

#: Read as the tests are collected, before any of them has run.
MASK = os.umask(0o022)
os.umask(MASK)


def said(postgres: Postgres, *words: object) -> Result:
    return CliRunner().invoke(
        app, [f"{word}" for word in words], env={"DOLBOM_POSTGRES_DSN": postgres.dsn.reveal(), "COLUMNS": "200"}
    )


@pytest.fixture
def empty(embedded_postgres: EmbeddedPostgres) -> Iterator[Postgres]:
    with an_empty(embedded_postgres) as there:
        yield there


@pytest.fixture
def kept(postgres: Postgres, tmp_path: Path) -> Path:
    """A shelf with one backup of a migrated database, and the certificates beside it."""
    certificates = tmp_path / "certs"
    certificates.mkdir()
    (certificates / "ca.key").write_text("a key of the tests")
    done = said(postgres, "backup", tmp_path / "shelf", "--with", certificates, "--textfile", tmp_path / "b.prom")
    assert done.exit_code == 0, done.output
    return tmp_path / "shelf"


def test_a_backup_is_closed_to_everybody_else_and_tells_its_digest(kept: Path) -> None:
    made = shelf.chosen(kept)
    files = [path for path in made.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {manifest.NAME, manifest.DUMP, manifest.FILES}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (kept, made)} == {0o700}
    assert "dolbom_backup_made_timestamp_seconds" in (kept.parent / "b.prom").read_text()
    assert "dolbom_backup_tried_timestamp_seconds 0.0" in (kept.parent / "b.prom").read_text()


def test_whoever_makes_a_backup_goes_on_writing_files_for_others_as_before(kept: Path) -> None:
    after = kept.parent / "after"
    after.touch()
    before = os.umask(0)
    os.umask(before)
    assert (before, stat.S_IMODE(after.stat().st_mode)) == (MASK, 0o666 & ~MASK)


def test_what_a_backup_tells_prometheus_is_open_to_the_collectors_account(kept: Path) -> None:
    assert stat.S_IMODE((kept.parent / "b.prom").stat().st_mode) == 0o644


def test_a_database_that_holds_anything_is_never_written_over(kept: Path, postgres: Postgres) -> None:
    before = rows(postgres, "select count(*) from schema_migration")
    done = said(postgres, "restore", kept)
    assert done.exit_code == 3 and "a restore never writes over what is there" in done.output
    assert rows(postgres, "select count(*) from schema_migration") == before


def test_a_backup_that_was_changed_is_refused_before_anything_is_written(kept: Path, empty: Postgres) -> None:
    dump = shelf.chosen(kept) / manifest.DUMP
    dump.write_bytes(dump.read_bytes()[:-1] + b"!")
    done = said(empty, "restore", kept)
    assert done.exit_code == 3 and "is not as it was written" in done.output
    assert rows(empty, "select 1 from pg_class where relname = 'alert'") == []


def test_a_backup_is_tried_in_a_database_that_is_gone_afterwards(
    kept: Path, postgres: Postgres, embedded_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    done = said(postgres, "backup", "--check", kept, "--textfile", tmp_path / "b.prom")
    assert done.exit_code == 0 and "Proven: every row is there" in done.output
    assert not [name for name in databases(embedded_postgres) if name.startswith("dolbom_tried")]
    assert shelf.tried(shelf.chosen(kept)) is not None
    assert "dolbom_backup_tried_timestamp_seconds 0.0" not in (tmp_path / "b.prom").read_text()


def test_what_was_brought_back_says_what_is_to_be_done_next(kept: Path, empty: Postgres) -> None:
    done = said(empty, "restore", kept)
    assert done.exit_code == 0 and "start alerts first" in done.output
    assert empty.dsn.reveal() not in done.output
    assert said(empty, "after-restore").exit_code == 0


def test_a_home_is_believed_again_by_detectors_that_knew_it_later(
    postgres: Postgres, empty: Postgres, tmp_path: Path
) -> None:
    rows(
        postgres,
        "insert into district values ('d', 'c', 'g', 'd');"
        " insert into policy values ('p', 'p', 60, '[{}]');"
        " insert into home (home_id, version, district_id, policy_id, address) values ('h-1', 3, 'd', 'p', 'x')",
    )
    assert said(postgres, "backup", tmp_path / "shelf").exit_code == 0
    rows(postgres, "update home set version = 9")
    assert said(empty, "restore", tmp_path / "shelf").exit_code == 0
    assert rows(empty, "select version > 9 from home") == [(True,)]


def test_rights_are_brought_back_and_their_roles_asked_for(postgres: Postgres, empty: Postgres, tmp_path: Path) -> None:
    role = f"reader_of_{tmp_path.name}".lower().replace("-", "_")
    rows(postgres, f"create role {role}; grant select on alert to {role}")
    assert said(postgres, "backup", tmp_path / "shelf").exit_code == 0
    rows(postgres, f"drop owned by {role}; drop role {role}")
    refused = said(empty, "restore", tmp_path / "shelf")
    assert refused.exit_code == 3 and f"create role {role};" in refused.output
    rows(empty, f"create role {role}")
    try:
        assert said(empty, "restore", tmp_path / "shelf").exit_code == 0
        assert rows(empty, f"select has_table_privilege('{role}', 'alert', 'select')") == [(True,)]
    finally:
        rows(empty, f"drop owned by {role}; drop role {role}")


def test_versions_say_whether_this_release_may_run(postgres: Postgres, empty: Postgres) -> None:
    assert "of one age" in said(postgres, "versions").output
    assert "brings the database from 0000" in said(empty, "versions").output
    rows(postgres, "insert into schema_migration values ('9001_more.sql', '')")
    assert "A rollback to this release is safe" in said(postgres, "versions").output
    rows(postgres, "insert into schema_needs values (9001, 'column home.way is gone')")
    refused = said(postgres, "versions")
    assert refused.exit_code == 3 and "may NOT run" in refused.output
