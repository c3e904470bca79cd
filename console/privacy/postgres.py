"""Retention, erasure and consent in PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from console.accounts.rows import Deed
from console.chain import Look
from console.postgres import append_line
from console.privacy import statements
from console.privacy.consent import Consent, Kind
from console.privacy.retention import RULES, Kept, Rule
from contracts import HomeId
from homes.enrolment.postgres import end_all
from runtime.postgres import Pool

Connection = AsyncConnection[Any]

#: Any fixed number: whoever lets data go holds this advisory lock.
_TURN_LOCK: Final = 0x726574
_EVERY: Final = timedelta(hours=24)


class UnknownHome(Exception):
    """There is no home of this id."""


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """A record that was erased."""

    home_id: str
    erased_at: datetime
    erased_by: str


class PrivacyStore:
    """What is done with residents' data."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def over(self, now: datetime) -> dict[Kept, int]:
        """Count what would be let go."""
        async with self._pool.connection() as connection:
            return {rule.kept: await _count(connection, rule, now) for rule in RULES}

    async def apply(self, deed: Deed, *, only_daily: bool = False) -> dict[Kept, int] | None:
        """Let go what is over; None when another process does, or a turn of the last day did."""
        async with self._pool.connection() as connection, connection.transaction():
            if not await _asked(connection, "select pg_try_advisory_xact_lock(%(lock)s)", lock=_TURN_LOCK):
                return None
            await _as_retention(connection)
            recent = "select exists (select from retention_turn where at > %(since)s)"
            if only_daily and await _asked(connection, recent, since=deed.at - _EVERY):
                return None
            counts = {rule.kept: await _let_go(connection, rule, deed.at) for rule in RULES}
            await connection.execute(
                "insert into retention_turn (at, counts) values (%(at)s, %(counts)s) on conflict do nothing",
                {"at": deed.at, "counts": Jsonb(counts)},
            )
            if any(counts.values()):
                await _log(connection, deed, "retention", Look.RETENTION_APPLIED)
            return counts

    async def erase(self, home_id: str, deed: Deed) -> dict[str, int]:
        """Erase a resident's record; the figures of their alerts stay, without the person. Raise UnknownHome."""
        async with self._pool.connection() as connection, connection.transaction():
            known = "select exists (select from home where home_id = %(home)s)"
            if not await _asked(connection, known, home=home_id):
                raise UnknownHome(f"{home_id}: there is no such home")
            await connection.execute("set local dolbom.erasure = 'on'")
            await _as_retention(connection)
            values = {"home": home_id, "by": deed.by}
            counts = {}
            for name, statement in statements.ERASED.items():
                counts[name] = (await connection.execute(statement, values)).rowcount
            counts["credentials"] = await end_all(connection, HomeId(home_id), account=deed.by, now=deed.at)
            await connection.execute(
                "insert into erasure (home_id, erased_at, erased_by, reason, counts)"
                " values (%(home)s, %(at)s, %(by)s, %(reason)s, %(counts)s) on conflict do nothing",
                {**values, "at": deed.at, "reason": deed.said.reason, "counts": Jsonb(counts)},
            )
            await connection.execute("select pg_notify('homes_changed', %(home)s)", {"home": home_id})
            await _log(connection, deed, home_id, Look.RESIDENT_ERASED)
        return counts

    async def erased(self, home_id: str) -> Erasure | None:
        """Tell when and by whom a record was erased; None when it was not."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Erasure))
            await cursor.execute(
                "select home_id, erased_at, erased_by from erasure where home_id = %(home)s", {"home": home_id}
            )
            return await cursor.fetchone()

    async def consents(self, home_id: str) -> list[Consent]:
        """Read what was agreed to for a home, the running ones first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Consent))
            await cursor.execute(
                "select consent_id, kind, given_at, given_by, until_at, written_by, ended_at, ended_by from consent"
                " where home_id = %(home)s order by ended_at is not null, given_at desc",
                {"home": home_id},
            )
            return await cursor.fetchall()

    async def give(self, home_id: str, kind: Kind, deed: Deed, *, given_by: str, until: datetime | None) -> bool:
        """Write a consent down; False when one of this kind runs already."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                "insert into consent (home_id, kind, given_at, given_by, until_at, written_by) values"
                " (%(home)s, %(kind)s, %(at)s, %(given_by)s, %(until)s, %(by)s) on conflict do nothing",
                {"home": home_id, "kind": kind, "at": deed.at, "given_by": given_by, "until": until, "by": deed.by},
            )
            if cursor.rowcount != 1:
                return False
            await _log(connection, deed, home_id, Look.CONSENT_GIVEN)
        return True

    async def withdraw(self, home_id: str, kind: Kind, deed: Deed) -> bool:
        """End a consent; False when none of this kind runs."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                "update consent set ended_at = %(at)s, ended_by = %(by)s"
                " where home_id = %(home)s and kind = %(kind)s and ended_at is null",
                {"home": home_id, "kind": kind, "at": deed.at, "by": deed.by},
            )
            if cursor.rowcount != 1:
                return False
            await _log(connection, deed, home_id, Look.CONSENT_ENDED)
        return True


async def _count(connection: Connection, rule: Rule, now: datetime) -> int:
    ends = {"ends": rule.ends(now)}
    if rule.kept is Kept.ACCESS_LOG:
        end = await _asked(connection, statements.LOG_END, **ends)
        return int(await _asked(connection, statements.LOG_COUNT, end=end))
    counts = [int(await _asked(connection, part.count, **ends)) for part in statements.PARTS[rule.kept]]
    return sum(counts)


async def _let_go(connection: Connection, rule: Rule, now: datetime) -> int:
    ends = {"ends": rule.ends(now)}
    if rule.kept is Kept.ACCESS_LOG:
        return await _let_lines_go(connection, ends)
    if rule.kept in (Kept.ALERT_TEXTS, Kept.SHIFT_PAPERS):
        await connection.execute("set local dolbom.erasure = 'on'")
    return sum([(await connection.execute(part.let_go, ends)).rowcount for part in statements.PARTS[rule.kept]])


async def _let_lines_go(connection: Connection, ends: Mapping[str, datetime]) -> int:
    await connection.execute("select access_log_turn()")
    end = {"end": await _asked(connection, statements.LOG_END, **ends)}
    await connection.execute("set local dolbom.retention = 'on'")
    await connection.execute(statements.LOG_ANCHOR, end)
    gone = (await connection.execute(statements.LOG_LET_GO, end)).rowcount
    await connection.execute("set local dolbom.retention = 'off'")
    return gone


async def _as_retention(connection: Connection) -> None:
    """Where the console has a role of its own, take for this transaction the one that may forget (deploy/roles)."""
    await connection.execute(
        "select set_config('role', 'dolbom_retention', true) where current_user = 'dolbom_console'"
    )


async def _asked(connection: Connection, statement: Any, **values: object) -> Any:
    row = await (await connection.execute(statement, values)).fetchone()
    return row[0] if row else None


async def _log(connection: Connection, deed: Deed, subject: str, look: Look) -> None:
    await append_line(connection, at=deed.at, account=deed.by, subject=subject, what=look, said=deed.said)
