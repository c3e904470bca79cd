"""Accounts, sessions and the access log in PostgreSQL."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row, scalar_row

from console.chain import START, UNSAID, AccessLine, Circumstances, line_after
from runtime.postgres import Pool


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who may sign in."""

    name: str
    password_hash: str
    failures: int
    last_failure_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose session it is, and what they are in the centre."""

    name: str
    roles: list[str]
    districts: list[str]
    enrolled: bool
    proved: bool
    locked: bool
    stepped_up_at: datetime | None


class ConsoleStore:
    """The tables of `0003_console.sql`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def account(self, name: str) -> Account | None:
        """Find an account by its name."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Account))
            await cursor.execute(
                "select name, password_hash, failures, last_failure_at from console_account"
                " where name = %(name)s and ended_at is null",
                {"name": name},
            )
            return await cursor.fetchone()

    async def add_first_account(self, name: str, password_hash: str) -> bool:
        """Make the first account; tell whether there was none before."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "insert into console_account (name, password_hash)"
                " select %(name)s, %(password_hash)s where not exists (select from console_account)"
                " on conflict do nothing",
                {"name": name, "password_hash": password_hash},
            )
            return cursor.rowcount == 1

    async def has_accounts(self) -> bool:
        """Tell whether anybody could sign in."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            await cursor.execute("select exists (select from console_account where ended_at is null)")
            return await cursor.fetchone() is True

    async def count_failure(self, name: str) -> None:
        """Remember a wrong password."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "update console_account set failures = failures + 1, last_failure_at = now() where name = %(name)s",
                {"name": name},
            )

    async def forget_failures(self, name: str) -> None:
        """Begin the count of wrong passwords and codes anew."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "update console_account set failures = 0, last_failure_at = null where name = %(name)s", {"name": name}
            )

    async def open_session(self, digest: bytes, name: str, expires_at: datetime) -> None:
        """Keep a session, and forget those that are over."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("delete from console_session where expires_at < now()")
            await connection.execute(
                "insert into console_session (digest, name, expires_at) values (%(digest)s, %(name)s, %(expires_at)s)",
                {"digest": digest, "name": name, "expires_at": expires_at},
            )

    async def session_owner(self, digest: bytes) -> Owner | None:
        """Tell whose session it is; None when it is over."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Owner))
            await cursor.execute(
                "select name, roles, districts, totp_sealed is not null as enrolled, factor_at is not null as proved,"
                " locked_at is not null as locked, stepped_up_at"
                " from console_session join console_account using (name)"
                " where digest = %(digest)s and expires_at > now() and ended_at is null",
                {"digest": digest},
            )
            return await cursor.fetchone()

    async def close_session(self, digest: bytes) -> None:
        """End a session everywhere."""
        async with self._pool.connection() as connection:
            await connection.execute("delete from console_session where digest = %(digest)s", {"digest": digest})

    async def log_look(
        self, *, at: datetime, account: str, subject: str, what: str, said: Circumstances = UNSAID
    ) -> AccessLine:
        """Add a line to the access log's chain."""
        async with self._pool.connection() as connection, connection.transaction():
            return await append_line(connection, at=at, account=account, subject=subject, what=what, said=said)

    async def access_lines(self) -> list[AccessLine]:
        """Read the whole access log, oldest first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(AccessLine))
            await cursor.execute(
                "select at, account, subject, what, previous, digest, place, task, reason from access_log order by line"
            )
            return await cursor.fetchall()


async def append_line(
    connection: AsyncConnection[Any],
    *,
    at: datetime,
    account: str,
    subject: str,
    what: str,
    said: Circumstances = UNSAID,
) -> AccessLine:
    """Add a line to the access log's chain, in the caller's transaction."""
    # One writer at a time: two lines after the same line would break the chain.
    await connection.execute("select access_log_turn()")
    cursor = await connection.execute("select digest from access_log order by line desc limit 1")
    row = await cursor.fetchone()
    line = line_after(str(row[0]) if row else START, at=at, account=account, subject=subject, what=what, said=said)
    await connection.execute(
        "insert into access_log (at, account, subject, what, previous, digest, place, task, reason)"
        " values (%(at)s, %(account)s, %(subject)s, %(what)s, %(previous)s, %(digest)s,"
        " %(place)s, %(task)s, %(reason)s)",
        asdict(line),
    )
    return line
