"""The time of a test's database: it stands still until the test moves it.

PostgreSQL looks for a function first in the schemas that `search_path` names first, and in its own catalogue only
where no place is given to that. So a database whose path begins with `moved` asks our `clock_timestamp()` and `now()`,
and the code that asks is the same as in production.
"""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from runtime.settings import Postgres

_MOVED = """
    create schema moved;
    create table moved.clock (at timestamptz not null);
    create function moved.clock_timestamp() returns timestamptz language sql volatile
        as 'select at from moved.clock';
    create function moved.now() returns timestamptz language sql stable as 'select at from moved.clock';
"""


@dataclass(frozen=True, kw_only=True)
class MovedTime:
    """The hand that turns the clock."""

    postgres: Postgres

    def stand_at(self, moment: datetime) -> None:
        """Let it be this moment, until it is another."""
        with psycopg.connect(self.postgres.dsn.reveal(), autocommit=True) as connection:
            connection.execute("update moved.clock set at = %s", [moment])

    def now(self) -> datetime:
        """Ask as the service does."""
        with psycopg.connect(self.postgres.dsn.reveal(), autocommit=True) as connection:
            row = connection.execute("select clock_timestamp(), now()").fetchone()
        assert row and row[0] == row[1]
        moment: datetime = row[0]
        return moment


def moved_time(postgres: Postgres, moment: datetime) -> MovedTime:
    """Take a database's clock in hand; connections that are open already keep the true time."""
    with psycopg.connect(postgres.dsn.reveal(), autocommit=True) as connection:
        connection.execute(_MOVED)
        connection.execute("insert into moved.clock values (%s)", [moment])
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set search_path = moved, pg_catalog, public").format(name))
    return MovedTime(postgres=postgres)
