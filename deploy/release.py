"""Which release this is, and whether it may run on a database."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from runtime.postgres import SCHEMA, newest_of

ROOT: Final = Path(__file__).parent.parent
#: Tests hold it to pyproject.toml: the image has no pyproject.
VERSION: Final = "0.1.0"


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What a release and a database are to each other."""

    #: The newest schema file of this release, and the newest that the database has.
    ours: int
    applied: int
    #: The oldest release that the database still bears, by its newest schema file, and why.
    oldest: int
    why: str = ""

    @property
    def may_run(self) -> bool:
        """Tell whether this release may run on that database."""
        return self.ours >= self.oldest

    @property
    def words(self) -> str:
        """Say it, with what to do."""
        if not self.may_run:
            return (
                f"This release may NOT run: the database needs {self.oldest:04} or newer ({self.why}). Start the newer"
                " release again, or restore the backup that was made before the upgrade."
            )
        if self.applied > self.ours:
            return "This release may run: the database is newer, and bears it. A rollback to this release is safe."
        if self.applied < self.ours:
            return (
                f"This release may run, and brings the database from {self.applied:04} to {self.ours:04} at its start."
            )
        return "This release may run: it and the database are of one age."


def commit() -> str:
    """Tell the commit of this checkout; nothing, where it is none."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def fit(dsn: str, folder: Path = SCHEMA) -> Fit:
    """Ask a database, without changing it."""
    ours = newest_of(path.name for path in folder.glob("[0-9]*.sql"))
    with psycopg.connect(dsn) as connection:
        applied = _names(connection, "schema_migration", "select file from schema_migration")
        needs = _rows(connection, "schema_needs", "select oldest, why from schema_needs order by oldest")
    oldest, why = needs[-1] if needs else (0, "")
    return Fit(ours=ours, applied=newest_of(applied), oldest=int(f"{oldest}"), why=f"{why}")


def _names(connection: psycopg.Connection[tuple[object, ...]], table: str, statement: str) -> list[str]:
    return [f"{row[0]}" for row in _rows(connection, table, statement)]


def _rows(connection: psycopg.Connection[tuple[object, ...]], table: str, statement: str) -> list[tuple[object, ...]]:
    there = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
    return connection.execute(statement.encode()).fetchall() if there == (True,) else []
