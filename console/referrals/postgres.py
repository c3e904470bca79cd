"""Referrals in PostgreSQL: one step, one transaction, one line of the log."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, LiteralString

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row

from console.referrals.machine import Advance, Reason, advance
from console.referrals.model import Deed, Line, Referral, Service
from contracts import AlertId, HomeId
from runtime.postgres import Pool

Connection = AsyncConnection[Any]
#: More lines than these are not for one page.
MOST: Final = 500


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which referrals a list shows; what is empty asks for nothing."""

    #: Those of these districts; None: of every district.
    districts: Collection[str] | None = None
    service: Service | None = None
    #: The open ones, the ended ones, or all.
    open: bool | None = True
    home_id: HomeId | None = None
    alert_id: AlertId | None = None


class ReferralStore:
    """The tables of `0037_referrals.sql`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, made: Advance) -> bool:
        """Write a new referral; tell whether it was not there before."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(_BEGIN, asdict(made.referral))
            if not cursor.rowcount or made.line is None:
                return False
            await connection.execute(_PUT_LINE, asdict(made.line))
        return True

    async def apply(self, referral_id: str, deed: Deed, at: datetime) -> Advance | None:
        """Let somebody take a step; None: there is no such referral."""
        async with self._pool.connection() as connection, connection.transaction():
            found = await _read(connection, f"{_ONE} for update", referral_id=referral_id)
            if not found:
                return None
            done = advance(found[0], deed, at)
            if done.line:
                await connection.execute(_UPDATE, asdict(done.referral))
                await connection.execute(_PUT_LINE, asdict(done.line))
        return done

    async def one(self, referral_id: str) -> Referral | None:
        """Load one referral."""
        async with self._pool.connection() as connection:
            found = await _read(connection, _ONE, referral_id=referral_id)
        return found[0] if found else None

    async def log(self, referral_id: str) -> list[Line]:
        """Load the log of a referral, oldest line first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_LOG, {"referral_id": referral_id})
            return [msgspec.convert(_in_utc(row), Line) for row in await cursor.fetchall()]

    async def listed(self, asked: Asked) -> list[Referral]:
        """Load the referrals of a list: the open ones by their day, the ended ones by their end."""
        given = asdict(asked) | {"districts": None if asked.districts is None else list(asked.districts)}
        async with self._pool.connection() as connection:
            return await _read(connection, _LISTED, **given, most=MOST)

    async def of_month(self, begins: datetime, ends: datetime, districts: Collection[str] | None) -> list[Referral]:
        """Load whatever was open at some time of a month."""
        within = None if districts is None else list(districts)
        async with self._pool.connection() as connection:
            return await _read(connection, _OF_MONTH, begins=begins, ends=ends, districts=within)

    async def districts(self) -> list[tuple[str, str]]:
        """Name the districts that have homes or referrals: id and dong."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_DISTRICTS)
            return [(f"{key}", f"{dong}") for key, dong in await cursor.fetchall()]


async def _read(connection: Connection, statement: LiteralString, **asked: object) -> list[Referral]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [msgspec.convert(_in_utc(row), Referral) for row in await cursor.fetchall()]


def _in_utc(row: DictRow) -> DictRow:
    return {key: value.astimezone(UTC) if isinstance(value, datetime) else value for key, value in row.items()}


#: The reason with which a step on nothing is answered.
NO_SUCH: Final = Reason.NO_SUCH
_COLUMNS: Final = """referral_id, home_id, district_id, alert_id, service, provider, state, version, due_on, asked_at,
    asked_by, ended_at, outcome, satisfaction"""
_ONE: Final = f"select {_COLUMNS} from referral where referral_id = %(referral_id)s"
_LOG: Final = """
    select referral_id, version, at, by, act, state, text from referral_log
    where referral_id = %(referral_id)s order by version
"""
_BEGIN: Final = f"""
    insert into referral ({_COLUMNS}) values (%(referral_id)s, %(home_id)s, %(district_id)s, %(alert_id)s, %(service)s,
        %(provider)s, %(state)s, %(version)s, %(due_on)s, %(asked_at)s, %(asked_by)s, %(ended_at)s, %(outcome)s,
        %(satisfaction)s)
    on conflict (referral_id) do nothing
"""
_UPDATE: Final = """
    update referral set state = %(state)s, version = %(version)s, due_on = %(due_on)s, ended_at = %(ended_at)s,
        outcome = %(outcome)s, satisfaction = %(satisfaction)s where referral_id = %(referral_id)s
"""
_PUT_LINE: Final = """
    insert into referral_log (referral_id, version, at, by, act, state, text)
    values (%(referral_id)s, %(version)s, %(at)s, %(by)s, %(act)s, %(state)s, %(text)s)
"""
_LISTED: Final = f"""
    select {_COLUMNS} from referral
    where (%(districts)s::text[] is null or district_id = any(%(districts)s))
        and (%(service)s::text is null or service = %(service)s)
        and (%(open)s::boolean is null or (ended_at is null) = %(open)s)
        and (%(home_id)s::text is null or home_id = %(home_id)s)
        and (%(alert_id)s::text is null or alert_id = %(alert_id)s)
    order by ended_at is not null, case when ended_at is null then due_on end, ended_at desc, referral_id
    limit %(most)s
"""
_OF_MONTH: Final = f"""
    select {_COLUMNS} from referral
    where asked_at < %(ends)s and (ended_at is null or ended_at >= %(begins)s)
        and (%(districts)s::text[] is null or district_id = any(%(districts)s))
    order by district_id, service, asked_at, referral_id
"""
_DISTRICTS: Final = """
    select district_id, dong from district
    where district_id in (select district_id from home union select district_id from referral)
    order by dong, district_id
"""
