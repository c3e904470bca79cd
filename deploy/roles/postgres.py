"""Make the roles on a server, and give them their rights in a database."""

import secrets
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import psycopg
import psycopg.conninfo
from psycopg import sql

from deploy.roles import statements
from deploy.roles.table import MIGRATOR, SIGNING_IN
from runtime.settings import Secret

#: Any fixed number: whoever changes roles holds this advisory lock.
_LOCK = 0x726F6C65


class MayNotGrant(Exception):
    """The owner may not let backups read everything; the message names what a superuser must say once."""


def apply(dsn: Secret, passwords: Mapping[str, Secret], *, mode: str) -> None:
    """Make what is missing and set everything anew, in one transaction; the owner of the database must ask."""
    with psycopg.connect(dsn.reveal()) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        there = frozenset(f"{row[0]}" for row in connection.execute("select rolname from pg_roles"))
        for statement in statements.makes(there):
            connection.execute(statement.encode())
        _let_backups_read(connection)
        for role, password in passwords.items():
            _set_password(connection, role, password)
        # TimescaleDB's jobs belong to whoever made them: there the owner stays.
        if mode == "plain":
            _hand_to_migrator(connection)
        database = sql.Identifier(connection.info.dbname).as_string(connection)
        for statement in statements.gives(database):
            connection.execute(statement.encode())


def drawn(known: Mapping[str, Secret]) -> dict[str, Secret]:
    """Keep the passwords that are known, and draw one for every other role that signs in."""
    return {role: known.get(role) or Secret(secrets.token_hex(24)) for role in SIGNING_IN}


def dsn_of(owner: Secret, role: str, password: Secret) -> Secret:
    """Tell the address by which a role reaches the database that its owner reaches by another."""
    told = psycopg.conninfo.conninfo_to_dict(owner.reveal())
    database = quote(f"{told['dbname']}", safe="")
    rest = {name: value for name, value in told.items() if name not in ("user", "password", "dbname")}
    asked = f"?{urlencode(rest)}" if rest else ""
    return Secret(f"postgresql://{role}:{password.reveal()}@/{database}{asked}")


def _let_backups_read(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    if connection.execute(statements.READS_ALL.encode()).fetchone() == (True,):
        return
    try:
        connection.execute(statements.LET_IT_READ_ALL.encode())
    except psycopg.errors.InsufficientPrivilege as error:
        # Up to PostgreSQL 15 whoever makes roles may grant this one too.
        raise MayNotGrant(
            "nothing was changed: a superuser must say once: grant pg_read_all_data to"
            f' "{connection.info.user}" with admin option'
        ) from error


def _set_password(connection: psycopg.Connection[tuple[object, ...]], role: str, password: Secret) -> None:
    # Sealed here: in clear it would stand in the server's log of statements.
    sealed = connection.pgconn.encrypt_password(password.reveal().encode(), role.encode(), b"scram-sha-256").decode()
    told = sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(sealed))
    connection.execute(told)


def _hand_to_migrator(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    if row == (False,):
        # Whoever owned it so far goes on as one of the migrator's.
        connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(MIGRATOR)))
    connection.execute(sql.SQL("grant create on schema public to {}").format(sql.Identifier(MIGRATOR)))
    for (statement,) in connection.execute(statements.OWNED, {"owner": MIGRATOR}).fetchall():
        connection.execute(f"{statement}".encode())
