"""`python -m homes` as a person at a terminal meets it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from contracts import shard_of
from homes.__main__ import AWAY, FAULTY, UNUSABLE, app
from homes.street import parse
from runtime.settings import Postgres

pytestmark = pytest.mark.door

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "street.yaml"


def run(*words: str | Path, dsn: str = "", typed: str | None = None, **environ: str) -> Result:
    named = environ | ({"DOLBOM_POSTGRES_DSN": dsn} if dsn else {})
    return CliRunner().invoke(app, [str(word) for word in words], input=typed, env={**named, "COLUMNS": "200"})


def test_a_good_file_is_said_to_be_good() -> None:
    result = run("check", EXAMPLE)
    assert result.exit_code == 0 and "집 3" in result.stdout


def test_a_bad_file_is_told_with_all_its_faults_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "street.yaml"
    file.write_text("homes:\n  - id: H_1\n    bad: 1\n")
    result = run("import", file)
    assert result.exit_code == FAULTY
    assert "homes[0].id" in result.stderr and "homes[0].bad" in result.stderr and "nothing was changed" in result.stderr


def test_a_file_may_come_by_the_standard_input() -> None:
    assert run("check", "-", typed=EXAMPLE.read_text()).exit_code == 0


def test_a_file_that_cannot_be_read_is_told_with_its_mend(tmp_path: Path) -> None:
    assert run("check", tmp_path / "none.yaml").exit_code == UNUSABLE
    (tmp_path / "euc.yaml").write_bytes("이름: 한글".encode("euc-kr"))
    result = run("check", tmp_path / "euc.yaml")
    assert result.exit_code == FAULTY and "UTF-8" in result.stderr


def test_settings_that_are_wrong_are_told() -> None:
    result = run("list", DOLBOM_POSTGRES_POOL_SIZE="many")
    assert result.exit_code == UNUSABLE and "DOLBOM_POSTGRES_POOL_SIZE" in result.stderr


def test_a_street_goes_in_is_listed_and_comes_out_again(postgres: Postgres, tmp_path: Path) -> None:
    dsn = postgres.dsn.reveal()
    first = run("import", EXAMPLE, dsn=dsn)
    assert first.exit_code == 0 and "추가 (added): 3" in first.stdout
    assert "그대로 (unchanged): 3" in run("import", EXAMPLE, dsn=dsn).stdout
    listed = run("list", dsn=dsn)
    assert "h-0003" in listed.stdout and "한보라" not in listed.stdout
    written = tmp_path / "out.yaml"
    assert run("export", written, dsn=dsn).exit_code == 0
    assert written.stat().st_mode & 0o077 == 0
    assert parse(written.read_text()) == parse(run("export", dsn=dsn).stdout)
    assert run("export", tmp_path, dsn=dsn).exit_code == UNUSABLE


def test_the_list_names_the_shard_that_a_gateway_puts_into_its_topic(postgres: Postgres) -> None:
    dsn = postgres.dsn.reveal()
    run("import", EXAMPLE, dsn=dsn)
    rows = [line.split() for line in run("list", dsn=dsn).stdout.splitlines() if "h-000" in line]
    assert [row[3] for row in rows] == [f"{shard_of(row[1]):02x}" for row in rows]
    assert len(rows) == 3


def test_a_hold_is_entered_for_a_home_that_exists(postgres: Postgres) -> None:
    dsn = postgres.dsn.reveal()
    run("import", EXAMPLE, dsn=dsn)
    held = run("hold", "h-0001", "--kind", "away", "--hours", "24", dsn=dsn)
    assert held.exit_code == 0 and "away" in held.stdout
    assert "away" in run("list", dsn=dsn).stdout
    unknown = run("hold", "h-9999", "--kind", "away", "--hours", "24", dsn=dsn)
    assert unknown.exit_code == FAULTY and "h-9999" in unknown.stderr
    assert run("hold", "h-0001", "--kind", "away", "--hours", "400", dsn=dsn).exit_code == UNUSABLE


def test_a_database_that_is_away_is_told(postgres: Postgres) -> None:
    gone = postgres.dsn.reveal().replace("test_", "gone_")
    result = run("list", dsn=gone)
    assert result.exit_code == AWAY and "DOLBOM_POSTGRES_DSN" in result.stderr
    # The demo's database has a socket and a password of its own: to start the demo is not enough.
    assert "Look inside" in result.stderr and "start the demo" not in result.stderr
