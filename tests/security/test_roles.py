"""Each role of the database can do its service's work, and what is not its work is refused; on real PostgreSQL."""

from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from deploy.roles.service import line_name, make
from deploy.roles.table import GRANTS, RETENTION, SIGNING_IN
from runtime.postgres import SCHEMA, NotMigrated, migrate
from runtime.settings import Postgres, Secret

pytestmark = pytest.mark.door

#: What an intruder in one service would like to do, and must not be able to.
FORBIDDEN = (
    ("dolbom_alerts", "update alert_log set text = 'nothing happened'"),
    ("dolbom_alerts", "delete from alert_log"),
    ("dolbom_alerts", "delete from alert"),
    ("dolbom_alerts", "delete from notification"),
    ("dolbom_alerts", "select digest from api_token"),
    ("dolbom_alerts", "select password_hash from console_account"),
    ("dolbom_alerts", "insert into access_log (account) values ('somebody else')"),
    ("dolbom_alerts", "select from access_log"),
    ("dolbom_alerts", "update home set watched = false"),
    ("dolbom_alerts", "select request from enrolment_credential"),
    ("dolbom_console", "delete from access_log"),
    ("dolbom_console", "update access_log set account = 'somebody else'"),
    ("dolbom_console", "truncate access_log"),
    ("dolbom_console", "update alert_log set text = ''"),
    ("dolbom_console", "delete from alert"),
    ("dolbom_console", "delete from history_alert"),
    ("dolbom_console", "update reading set value = 0"),
    ("dolbom_console", "delete from alert_step"),
    ("dolbom_console", "select locked_key from alarm_account"),
    ("dolbom_console", "delete from console_account"),
    ("dolbom_console", "alter table access_log disable trigger all"),
    ("dolbom_console", "drop trigger access_log_only_grows on access_log"),
    ("dolbom_console", "create table mine (n int)"),
    ("dolbom_console", "insert into erasure (home_id) values ('h')"),
    ("dolbom_ingest", "select name from resident"),
    ("dolbom_ingest", "select address from home"),
    ("dolbom_ingest", "select entry from home"),
    ("dolbom_ingest", "select contacts from responder"),
    ("dolbom_ingest", "select locked_key from alarm_account"),
    ("dolbom_ingest", "update home set watched = false"),
    ("dolbom_ingest", "insert into alert_log (alert_id) values ('a')"),
    ("dolbom_dc09", "select name from resident"),
    ("dolbom_dc09", "delete from alarm_account"),
    ("dolbom_detectors", "select name from resident"),
    ("dolbom_detectors", "delete from reading"),
    ("dolbom_history", "select name from resident"),
    ("dolbom_history", "delete from reading"),
    ("dolbom_history", "update history_alert set state = 'resolved'"),
    ("dolbom_history", "update alert set state = 'resolved'"),
    ("dolbom_history", "select reading_drop_before('2100-01-01')"),
    ("dolbom_keeper", "select name from resident"),
    ("dolbom_keeper", "select address from home"),
    ("dolbom_keeper", "update home set watched = false"),
    ("dolbom_keeper", "select from alert"),
    ("dolbom_prober", "select from console_account"),
    ("dolbom_prober", "select from access_log"),
    ("dolbom_backup", "update alert set state = 'resolved'"),
    ("dolbom_backup", "delete from access_log"),
    ("dolbom_backup", "create table mine (n int)"),
)
#: Nobody but retention empties or forgets; what only grows, grows for everybody else.
ONLY_GROWS = {
    "access_log": "account",
    "alert_log": "text",
    "referral_log": "text",
    "late_answer": "text",
    "quality_review": "remark",
    "history_alert": "state",
}


@pytest.fixture
def addresses(any_postgres: Postgres, tmp_path: Path) -> dict[str, Secret]:
    """The address of each role, in a database of its own."""
    return make(any_postgres, tmp_path / "addresses")


async def test_every_role_signs_in_and_every_service_may_start(addresses: dict[str, Secret]) -> None:
    assert {role: await migrate(Postgres(dsn=address)) for role, address in addresses.items()} == dict.fromkeys(
        SIGNING_IN, "plain"
    )


def test_what_is_not_a_services_work_is_refused(addresses: dict[str, Secret]) -> None:
    asked: dict[str, list[str]] = {}
    for role, statement in FORBIDDEN:
        asked.setdefault(role, []).append(statement)
    assert [told for role, said in asked.items() for told in allowed(addresses[role], said)] == []


def test_what_only_grows_is_taken_away_by_retention_alone(addresses: dict[str, Secret]) -> None:
    asked = [
        statement
        for table, column in ONLY_GROWS.items()
        for statement in (f"delete from {table}", f"truncate {table}", f"update {table} set {column} = null")
    ]
    services = [address for role, address in addresses.items() if role != "dolbom_migrator"]
    assert [statement for address in services for statement in allowed(address, asked)] == []


def test_nobody_signs_in_as_retention_and_only_the_console_becomes_it(addresses: dict[str, Secret]) -> None:
    assert RETENTION not in addresses
    become = f"set role {RETENTION}"
    assert [role for role, address in addresses.items() if allowed(address, [become])] == ["dolbom_console"]


def test_addresses_stay_and_rights_come_back_when_it_is_done_again(any_postgres: Postgres, tmp_path: Path) -> None:
    file = tmp_path / "addresses"
    before = make(any_postgres, file)
    assert file.stat().st_mode & 0o777 == 0o600
    with psycopg.connect(any_postgres.dsn.reveal(), autocommit=True) as connection:
        connection.execute("grant delete on access_log to dolbom_console")
        connection.execute("revoke select on home from dolbom_console")
    make(any_postgres, None)
    tried = ["delete from access_log", "select from home"]
    assert allowed(before["dolbom_console"], tried) == ["select from home"]
    assert {role: address.reveal() for role, address in make(any_postgres, file).items()} == {
        role: address.reveal() for role, address in before.items()
    }
    assert {line.split("=")[0] for line in file.read_text().splitlines()} == {line_name(role) for role in SIGNING_IN}


async def test_a_service_whose_database_is_behind_says_who_must_bring_it_forward(
    addresses: dict[str, Secret], tmp_path: Path
) -> None:
    for file in SCHEMA.glob("*.sql"):
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "9001_newer.sql").write_text("create table newer (n int);")
    with pytest.raises(NotMigrated, match="python -m deploy roles"):
        await migrate(Postgres(dsn=addresses["dolbom_alerts"]), tmp_path)
    assert await migrate(Postgres(dsn=addresses["dolbom_migrator"]), tmp_path) == "plain"
    assert await migrate(Postgres(dsn=addresses["dolbom_alerts"]), tmp_path) == "plain"


def test_every_table_is_somebodys(addresses: dict[str, Secret], any_postgres: Postgres) -> None:
    asked = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    with psycopg.connect(any_postgres.dsn.reveal()) as connection:
        tables = {str(row[0]) for row in connection.execute(asked + " and not relispartition")}
        owners = connection.execute("select distinct tableowner from pg_tables where schemaname = 'public'").fetchall()
    given = {table for rights in GRANTS.values() for table in rights}
    assert tables == given, "a new table has its line in deploy/roles/table.py"
    assert owners == [("dolbom_migrator",)]


def allowed(address: Secret, statements: Sequence[str]) -> list[str]:
    """Tell which of these are not refused for want of the right; nothing is kept of them."""
    found = []
    with psycopg.connect(address.reveal()) as connection:
        for statement in statements:
            try:
                connection.execute(statement.encode())
                found.append(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            except psycopg.Error:
                found.append(statement)
            finally:
                connection.rollback()
    return found
