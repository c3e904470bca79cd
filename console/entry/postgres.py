"""Second factors, locks and broken glass in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg.rows import class_row

from runtime.postgres import Pool


@dataclass(frozen=True, kw_only=True)
class Factor:
    """What an account keeps beside its password."""

    totp_sealed: bytes | None
    totp_last_step: int
    pin_hash: str | None
    #: Codes on paper that were not used yet.
    papers: int


@dataclass(frozen=True, kw_only=True)
class Glass:
    """A record that was opened outside somebody's own districts."""

    glass_id: int
    account: str
    home_id: str
    reason: str
    opened_at: datetime
    until_at: datetime
    signed_by: str | None
    signed_at: datetime | None


_GLASS: LiteralString = (
    "select glass_id, account, home_id, reason, opened_at, until_at, signed_by, signed_at from broken_glass"
)


class EntryStore:
    """The tables of `0024_second_factor.sql`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def factor(self, name: str) -> Factor:
        """Read what an account keeps beside its password."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Factor))
            await cursor.execute(
                "select totp_sealed, totp_last_step, pin_hash, (select count(*) from paper_code"
                " where paper_code.name = console_account.name and used_at is null) as papers"
                " from console_account where name = %(name)s",
                {"name": name},
            )
            found = await cursor.fetchone()
        return found or Factor(totp_sealed=None, totp_last_step=0, pin_hash=None, papers=0)

    async def enrol(self, name: str, sealed: bytes, step: int, papers: Sequence[bytes]) -> None:
        """Keep a second factor that was proved, with new codes on paper; the old ones are worth nothing."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "update console_account set totp_sealed = %(sealed)s, totp_last_step = %(step)s where name = %(name)s",
                {"name": name, "sealed": sealed, "step": step},
            )
            await connection.execute("delete from paper_code where name = %(name)s", {"name": name})
            for digest in papers:
                await connection.execute(
                    "insert into paper_code (name, digest) values (%(name)s, %(digest)s)",
                    {"name": name, "digest": digest},
                )

    async def use_step(self, name: str, step: int) -> bool:
        """Use up a half minute's code; False when it, or a later one, was used before."""
        return await self._changed(
            "update console_account set totp_last_step = %(step)s where name = %(name)s and totp_last_step < %(step)s",
            name=name,
            step=step,
        )

    async def use_paper(self, name: str, digest: bytes) -> bool:
        """Use up a code on paper; False when there is no such code, or it was used."""
        return await self._changed(
            "update paper_code set used_at = now() where name = %(name)s and digest = %(digest)s and used_at is null",
            name=name,
            digest=digest,
        )

    async def proved(self, session: bytes) -> None:
        """Write down that a session showed its second factor; that counts as stepping up, too."""
        await self._changed(
            "update console_session set factor_at = now(), stepped_up_at = now() where digest = %(digest)s",
            digest=session,
        )

    async def step_up(self, session: bytes) -> None:
        """Write down that a session was asked again, and answered."""
        await self._changed(
            "update console_session set stepped_up_at = now() where digest = %(digest)s", digest=session
        )

    async def set_pin(self, name: str, pin_hash: str) -> None:
        """Keep the PIN that unlocks somebody's workstation."""
        await self._changed(
            "update console_account set pin_hash = %(pin)s where name = %(name)s", name=name, pin=pin_hash
        )

    async def lock(self, session: bytes) -> None:
        """Lock the workstation of a session."""
        await self._changed(
            "update console_session set locked_at = coalesce(locked_at, now()), pin_failures = 0"
            " where digest = %(digest)s and locked_at is null",
            digest=session,
        )

    async def unlock(self, session: bytes) -> None:
        """Open a locked workstation again."""
        await self._changed(
            "update console_session set locked_at = null, pin_failures = 0 where digest = %(digest)s", digest=session
        )

    async def wrong_pin(self, session: bytes) -> int:
        """Count a wrong PIN, and tell how many there were since the lock."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "update console_session set pin_failures = pin_failures + 1 where digest = %(digest)s"
                " returning pin_failures",
                {"digest": session},
            )
            row = await cursor.fetchone()
        return int(f"{row[0]}") if row else 0

    async def break_glass(self, account: str, home_id: str, reason: str, *, now: datetime, until: datetime) -> None:
        """Open a record for a while."""
        await self._changed(
            "insert into broken_glass (account, home_id, reason, opened_at, until_at)"
            " values (%(account)s, %(home_id)s, %(reason)s, %(now)s, %(until)s)",
            account=account,
            home_id=home_id,
            reason=reason,
            now=now,
            until=until,
        )

    async def is_open(self, account: str, home_id: str, now: datetime) -> bool:
        """Tell whether somebody opened this record, and the while is not over."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "select exists (select from broken_glass"
                " where account = %(account)s and home_id = %(home_id)s and until_at > %(now)s)",
                {"account": account, "home_id": home_id, "now": now},
            )
            row = await cursor.fetchone()
        return row is not None and row[0] is True

    async def unsigned_glass(self) -> list[Glass]:
        """List what no supervisor has signed off, oldest first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Glass))
            await cursor.execute(f"{_GLASS} where signed_at is null order by opened_at")
            return await cursor.fetchall()

    async def sign_glass(self, glass_id: int, by: str) -> bool:
        """Put a supervisor's name to it; nobody signs what they opened themselves."""
        return await self._changed(
            "update broken_glass set signed_by = %(by)s, signed_at = now()"
            " where glass_id = %(glass_id)s and signed_at is null and account <> %(by)s",
            glass_id=glass_id,
            by=by,
        )

    async def _changed(self, statement: LiteralString, **values: object) -> bool:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statement, values)
            return cursor.rowcount > 0
