"""Accounts in PostgreSQL; each change and its line in the access log are one transaction."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from console.accounts.rows import AccountLine, Deed, Refused, described, unusable
from console.chain import Look
from console.postgres import append_line
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


class AccountStore:
    """The accounts, and what happens to them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all(self) -> list[AccountLine]:
        """List the accounts, those that have ended last."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(AccountLine))
            await cursor.execute(
                "select name, roles, districts, totp_sealed is not null as enrolled, created_at, ended_at"
                " from console_account order by ended_at is not null, name"
            )
            return await cursor.fetchall()

    async def districts(self) -> dict[str, str]:
        """Name the districts by their ids."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute("select district_id, gu, dong from district order by gu, dong")
            return {f"{row[0]}": f"{row[1]} {row[2]}" for row in await cursor.fetchall()}

    async def add(
        self, name: str, password_hash: str, roles: Iterable[str], districts: Iterable[str], deed: Deed
    ) -> Refused | None:
        """Make an account; None when it is made."""
        roles, districts = list(roles), list(districts)
        refused = unusable(name, roles, districts, set(await self.districts()))
        if refused is not None:
            return refused
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                "insert into console_account (name, password_hash, roles, districts)"
                " values (%(name)s, %(hash)s, %(roles)s, %(districts)s) on conflict do nothing",
                {"name": name, "hash": password_hash, "roles": roles, "districts": districts},
            )
            if cursor.rowcount != 1:
                return Refused.NAME_TAKEN
            await _log(connection, deed, name, Look.ACCOUNT_ADDED, described(roles, districts))
        return None

    async def set_roles(self, name: str, roles: Iterable[str], districts: Iterable[str], deed: Deed) -> Refused | None:
        """Give an account other roles and districts; its open sessions have them at once."""
        roles, districts = list(roles), list(districts)
        refused = unusable(name, roles, districts, set(await self.districts()))
        if refused is not None:
            return refused
        async with self._pool.connection() as connection, connection.transaction():
            if "admin" not in roles and await _is_last_admin(connection, name):
                return Refused.LAST_ADMIN
            cursor = await connection.execute(
                "update console_account set roles = %(roles)s, districts = %(districts)s"
                " where name = %(name)s and ended_at is null",
                {"name": name, "roles": roles, "districts": districts},
            )
            if cursor.rowcount != 1:
                return Refused.NO_SUCH_ACCOUNT
            await _log(connection, deed, name, Look.ROLES_CHANGED, described(roles, districts))
        return None

    async def end(self, name: str, deed: Deed) -> Refused | None:
        """Let nobody sign in with an account any more; its lines in every log stay."""
        async with self._pool.connection() as connection, connection.transaction():
            if await _is_last_admin(connection, name):
                return Refused.LAST_ADMIN
            cursor = await connection.execute(
                "update console_account set ended_at = now() where name = %(name)s and ended_at is null", {"name": name}
            )
            if cursor.rowcount != 1:
                return Refused.NO_SUCH_ACCOUNT
            await _close_sessions(connection, name)
            await _log(connection, deed, name, Look.ACCOUNT_ENDED)
        return None

    async def reset_factor(self, name: str, deed: Deed) -> Refused | None:
        """Forget a lost second factor; the next sign-in enrols another one."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                "update console_account set totp_sealed = null, totp_last_step = 0, failures = 0"
                " where name = %(name)s and ended_at is null",
                {"name": name},
            )
            if cursor.rowcount != 1:
                return Refused.NO_SUCH_ACCOUNT
            await connection.execute("delete from paper_code where name = %(name)s", {"name": name})
            await _close_sessions(connection, name)
            await _log(connection, deed, name, Look.FACTOR_RESET)
        return None

    async def set_password(
        self, name: str, password_hash: str, deed: Deed, *, but: bytes | None = None
    ) -> Refused | None:
        """Keep another password; every session of the account ends, but the one that asked for it."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                "update console_account set password_hash = %(hash)s, failures = 0"
                " where name = %(name)s and ended_at is null",
                {"name": name, "hash": password_hash},
            )
            if cursor.rowcount != 1:
                return Refused.NO_SUCH_ACCOUNT
            await _close_sessions(connection, name, but=but)
            await _log(connection, deed, name, Look.PASSWORD_SET)
        return None


async def _is_last_admin(connection: Connection, name: str) -> bool:
    # Two administrators who take each other's role at once must not both succeed.
    await connection.execute("lock table console_account in share row exclusive mode")
    cursor = await connection.execute(
        "select 'admin' = any (roles) and not exists (select from console_account as other"
        " where other.name <> mine.name and other.ended_at is null and 'admin' = any (other.roles))"
        " from console_account as mine where name = %(name)s and ended_at is null",
        {"name": name},
    )
    row = await cursor.fetchone()
    return row is not None and row[0] is True


async def _close_sessions(connection: Connection, name: str, *, but: bytes | None = None) -> None:
    await connection.execute(
        "delete from console_session where name = %(name)s and digest is distinct from %(but)s",
        {"name": name, "but": but},
    )


async def _log(connection: Connection, deed: Deed, name: str, look: Look, task: str = "") -> None:
    said = replace(deed.said, task=task) if task else deed.said
    await append_line(connection, at=deed.at, account=deed.by, subject=name, what=look, said=said)
