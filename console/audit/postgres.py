"""The access log as the audit page reads it, and the months that were signed off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString

from psycopg.rows import class_row

from console.audit.asking import PAGE_LINES, Asked, Scope
from console.audit.verdict import Numbered, Verdict, read_on
from console.chain import START, AccessLine
from runtime.postgres import Pool

#: So many lines are read of the chain at once.
_BATCH: Final = 5_000
#: An export holds so many lines at most: a year of one person, a month of a centre.
MOST_EXPORTED: Final = 100_000

_LINES: Final[LiteralString] = (
    "select line, at, account, subject, what, previous, digest, place, task, reason, coalesce(dong, '') as dong"
    " from access_log left join home on home_id = subject left join district using (district_id)"
    " where (%(own)s::text is null or account = %(own)s)"
    " and (%(districts)s::text[] = '{}' or district_id = any (%(districts)s) or account = %(reader)s)"
    " and (%(account)s = '' or account = %(account)s) and (%(subject)s = '' or subject = %(subject)s)"
    " and (%(what)s = '' or what = %(what)s)"
    " and (%(from_at)s::timestamptz is null or at >= %(from_at)s)"
    " and (%(until_at)s::timestamptz is null or at < %(until_at)s)"
    " and (%(before)s::bigint is null or line < %(before)s)"
    " order by line desc limit %(most)s"
)
_CHAIN: Final[LiteralString] = (
    "select line, at, account, subject, what, previous, digest, place, task, reason, '' as dong"
    " from access_log where line > %(after)s order by line limit %(most)s"
)


@dataclass(frozen=True, kw_only=True)
class Check:
    """A month that a supervisor read and signed."""

    month: date
    signed_by: str
    signed_at: datetime
    lines: int
    remark: str


class AuditStore:
    """What the audit page reads and writes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def lines(self, asked: Asked, scope: Scope, *, most: int = PAGE_LINES + 1) -> list[Numbered]:
        """Read lines, the latest first."""
        return await self._read(
            _LINES,
            own=scope.own,
            districts=sorted(scope.districts),
            reader=scope.reader,
            account=asked.account,
            subject=asked.subject,
            what=asked.what,
            from_at=asked.from_at,
            until_at=asked.until_at,
            before=asked.before,
            most=most,
        )

    async def verify(self, now: datetime) -> Verdict:
        """Read the whole chain, from what the first line that is left must follow."""
        verdict, after = Verdict(at=now, digest=await self._anchor()), 0
        while lines := await self._read(_CHAIN, after=after, most=_BATCH):
            verdict, after = read_on(verdict, lines), lines[-1].line
            if verdict.broken is not None:
                break
        return verdict

    async def checks(self, *, most: int = 12) -> list[Check]:
        """List the months that were signed off, the latest first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Check))
            await cursor.execute(
                "select month, signed_by, signed_at, lines, remark from access_check"
                " order by month desc limit %(most)s",
                {"most": most},
            )
            return await cursor.fetchall()

    async def sign(self, month: date, *, by: str, verdict: Verdict, remark: str) -> bool:
        """Keep a supervisor's name under a month; False when somebody signed it before."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "insert into access_check (month, signed_by, signed_at, lines, digest, remark) values"
                " (%(month)s, %(by)s, %(at)s, %(lines)s, %(digest)s, %(remark)s) on conflict do nothing",
                {
                    "month": month,
                    "by": by,
                    "at": verdict.at,
                    "lines": verdict.lines,
                    "digest": verdict.digest,
                    "remark": remark,
                },
            )
            return cursor.rowcount == 1

    async def _anchor(self) -> str:
        async with self._pool.connection() as connection:
            cursor = await connection.execute("select digest from access_log_anchor order by line desc limit 1")
            row = await cursor.fetchone()
        return f"{row[0]}" if row else START

    async def _read(self, statement: LiteralString, **asked: object) -> list[Numbered]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statement, asked)
            return list(_numbered(await cursor.fetchall()))


def _numbered(rows: Iterable[tuple[Any, ...]]) -> Iterable[Numbered]:
    for line, at, account, subject, what, previous, digest, place, task, reason, dong in rows:
        access = AccessLine(
            at=at,
            account=account,
            subject=subject,
            what=what,
            previous=previous,
            digest=digest,
            place=place,
            task=task,
            reason=reason,
        )
        yield Numbered(line=line, access=access, dong=dong)
