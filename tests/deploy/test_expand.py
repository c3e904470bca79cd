"""Schema files add and take nothing away, so that the release before runs on: the lint that says so."""

from pathlib import Path

import pytest

from deploy import expand
from runtime.postgres import SCHEMA


@pytest.mark.parametrize("file", sorted(SCHEMA.glob("[0-9]*.sql")), ids=lambda file: file.name)
def test_a_schema_file_is_safe_while_old_code_runs(file: Path) -> None:
    assert not expand.faults(file.name, file.read_text())


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("drop table home", "drops a table"),
        ("alter table home drop column entry", "drops a column"),
        ("ALTER TABLE home RENAME entry TO way", "renames"),
        ("alter table only home alter column version type bigint", "home: gives a column another type"),
        ("alter table home alter entry set data type varchar(9)", "home: gives a column another type"),
        ("alter table home alter column x set not null", "home: makes a column obligatory"),
        ("alter table home add column way text not null", "home.way: is obligatory and has no default"),
        ("alter table home add column a int default 1, add column b int not null", "home.b: is obligatory"),
        ("alter table home add constraint one unique (address)", "home: adds a constraint"),
        ("create unique index on home (address)", "makes home unique"),
        ("truncate home", "empties a table"),
        ("drop function access_log_turn()", "drops a function"),
    ],
)
def test_what_old_code_would_not_survive_is_named(statement: str, fault: str) -> None:
    assert [each for each in expand.faults("9000_x.sql", statement) if each.startswith(f"9000_x.sql: {fault}")]


@pytest.mark.parametrize(
    "statement",
    [
        "create table moon (n int primary key, of text not null unique)",
        "create table moon (n int); alter table moon alter n set not null; create unique index on moon (n)",
        "alter table home add column way text not null default ''",
        "alter table home add column way text",
        "alter table home add column way text not null default '' check (way in ('a', 'b')), add column b int",
        "-- drop table home",
        "insert into words values ('drop table home; rename')",
        "create index on home (address)",
        "drop trigger one on home",
        "create function f() returns trigger language plpgsql as $$ begin truncate home; end $$",
        "alter table home drop column entry; insert into schema_needs values (9000, 'home.entry is gone')",
    ],
)
def test_what_adds_or_says_whom_it_leaves_behind_is_let_pass(statement: str) -> None:
    assert expand.faults("9000_x.sql", statement) == []
