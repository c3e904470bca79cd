"""Whoever owns the database is no superuser: roles, backups and their trial, as the how-to lets them be made."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from typer.testing import CliRunner, Result

from deploy.backup import shelf
from deploy.backup.__main__ import app
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.roles.postgres import MayNotGrant
from deploy.roles.service import make
from deploy.roles.table import BACKUP, SIGNING_IN
from runtime.settings import Postgres, Secret
from tests.deploy.backup.databases import an_empty, rows

pytestmark = pytest.mark.door

WORD = "a password of the tests"
#: From here on whoever makes roles may not grant the server's own.
NO_LONGER = 160_000


@pytest.fixture
def empty(server_folder: Path) -> Iterator[Postgres]:
    """An empty database on a server of its own: roles belong to the whole server, and so to whoever made them."""
    with EmbeddedPostgres(server_folder / "owned", durable=False) as server, an_empty(server) as there:
        yield there


@pytest.fixture
def owner(empty: Postgres) -> Postgres:
    """The same, as the owner reaches it whom `createuser --createrole --createdb` made."""
    rows(empty, f"create role town login createrole createdb password '{WORD}'")
    told = conninfo_to_dict(empty.dsn.reveal())
    rows(empty, f"alter database {told['dbname']} owner to town")
    return Postgres(dsn=Secret(make_conninfo("", **told | {"user": "town", "password": WORD})))


def said(as_whom: Secret, *words: object) -> Result:
    environ = {"DOLBOM_POSTGRES_DSN": as_whom.reveal(), "COLUMNS": "200"}
    return CliRunner().invoke(app, [f"{word}" for word in words], env=environ)


def test_an_owner_who_is_no_superuser_makes_roles_and_tries_the_backup_that_one_of_them_made(
    owner: Postgres, empty: Postgres, tmp_path: Path
) -> None:
    ((version,),) = rows(empty, "select current_setting('server_version_num')::int")
    if int(f"{version}") >= NO_LONGER:
        with pytest.raises(MayNotGrant, match='a superuser must say once: grant pg_read_all_data to "town"'):
            make(owner, tmp_path / "addresses")
    rows(empty, "grant pg_read_all_data to town with admin option")
    for _ in ("at first", "with every upgrade"):
        addresses = make(owner, tmp_path / "addresses")
        assert addresses.keys() == set(SIGNING_IN)

    made = said(addresses[BACKUP], "backup", tmp_path / "shelf")
    assert made.exit_code == 0, made.output
    tried = said(owner.dsn, "backup", "--check", tmp_path / "shelf")
    assert tried.exit_code == 0, tried.output
    assert shelf.tried(shelf.chosen(tmp_path / "shelf")) is not None
