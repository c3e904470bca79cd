"""What a month's report is counted from, the orders for reports, and their parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec
from psycopg.rows import dict_row

from alerts.figures.postgres import cases
from console.reports.monthly.counts import Place, Snapshot
from console.reports.periods import month_span
from contracts import AlertChangeKind, Hazard
from contracts.ids import SYNTHETIC_PREFIX
from runtime.postgres import Pool

#: What is counted as done for a home.
ACTIONS: Final = (
    AlertChangeKind.ACKNOWLEDGED,
    AlertChangeKind.PHONED,
    AlertChangeKind.DISPATCHED,
    AlertChangeKind.ACCEPTED,
    AlertChangeKind.ARRIVED,
    AlertChangeKind.ENTERED,
    AlertChangeKind.HANDED_OVER,
    AlertChangeKind.FOLLOWED_UP,
)


@dataclass(frozen=True, kw_only=True)
class Order:
    """Somebody wants a month's report."""

    report_id: int
    month: date
    audience: str
    language: str
    districts: tuple[str, ...]
    ordered_by: str
    ordered_at: datetime
    counted_at: datetime | None
    finished_at: datetime | None
    failure: str | None
    snapshot: str | None
    #: Ids of the parts that are made; the one of all districts has none.
    made: tuple[str, ...]

    @property
    def wanted(self) -> tuple[str, ...]:
        """List the parts that it has when it is whole."""
        return (*self.districts, "") if len(self.districts) > 1 else self.districts

    @property
    def outside(self) -> bool:
        """Tell whether it is for readers outside the centre."""
        return self.audience == "outside"


class Reports:
    """Orders and their parts."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def districts(self, only: Iterable[str] = ()) -> list[tuple[str, str]]:
        """List ids and names of the districts that may be chosen; without a choice all."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "select district_id, dong from district"
                " where %(only)s::text[] = '{}' or district_id = any(%(only)s) order by dong, district_id",
                {"only": sorted(only)},
            )
            return [(f"{key}", f"{dong}") for key, dong in await cursor.fetchall()]

    async def order(
        self, month: date, districts: Iterable[str], *, audience: str, language: str, by: str, at: datetime
    ) -> int:
        """Put an order into the queue; answer its number."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "insert into report_order (month, audience, language, districts, ordered_by, ordered_at)"
                " values (%s, %s, %s, %s, %s, %s) returning report_id",
                [month, audience, language, list(districts), by, at],
            )
            row = await cursor.fetchone()
        return int(f"{row[0]}") if row else 0

    async def waiting(self) -> int:
        """Count the orders that are not finished."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute("select count(*) from report_order where finished_at is null")
            row = await cursor.fetchone()
        return int(f"{row[0]}") if row else 0

    async def latest(self, limit: int = 50) -> list[Order]:
        """List the orders, newest first."""
        return await self._orders("order by report_id desc limit %(limit)s", limit=limit)

    async def find(self, report_id: int) -> Order | None:
        """Find one order."""
        found = await self._orders("where report_id = %(report_id)s", report_id=report_id)
        return found[0] if found else None

    async def unfinished(self) -> list[Order]:
        """List what is to be made, the oldest first."""
        return await self._orders("where finished_at is null order by report_id")

    async def _orders(self, where: str, **asked: object) -> list[Order]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(f"{_ORDERS} {where}".encode(), asked)
            return [msgspec.convert(row, Order) for row in await cursor.fetchall()]

    async def begin(self, report_id: int, snapshot: Snapshot) -> None:
        """Write down what the parts are made from; parts of other counts go."""
        async with self._pool.connection() as connection, connection.transaction():
            changed = await connection.execute(
                "update report_order set counted_at = %(at)s, snapshot = %(digest)s"
                " where report_id = %(id)s and snapshot is distinct from %(digest)s",
                {"at": snapshot.counted_at, "digest": snapshot.digest, "id": report_id},
            )
            if changed.rowcount:
                await connection.execute("delete from report_part where report_id = %s", [report_id])

    async def keep(self, report_id: int, district_id: str, pdf: bytes, csv: bytes) -> None:
        """Keep a part that is made."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "insert into report_part (report_id, district_id, pdf, csv) values (%s, %s, %s, %s)"
                " on conflict do nothing",
                [report_id, district_id, pdf, csv],
            )

    async def finish(self, report_id: int, at: datetime, failure: str | None = None) -> None:
        """Say that an order is done, or that it cannot be."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "update report_order set finished_at = %s, failure = %s where report_id = %s", [at, failure, report_id]
            )

    async def part(self, report_id: int, district_id: str) -> tuple[bytes, bytes] | None:
        """Give a part's PDF and CSV."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "select pdf, csv from report_part where report_id = %s and district_id = %s", [report_id, district_id]
            )
            row = await cursor.fetchone()
        return (row[0], row[1]) if row and isinstance(row[0], bytes) and isinstance(row[1], bytes) else None

    async def snapshot(self, month: date, districts: Iterable[str], now: datetime) -> Snapshot:
        """Read what a month's report is counted from: the cases come from where the figures' page has them."""
        from_at, until_at = month_span(month)
        until = max(min(until_at, now), from_at)
        asked = {
            "from_at": from_at,
            "until_at": until_at,
            "until": until,
            "districts": sorted(districts),
            "actions": list(ACTIONS),
            "protection": Hazard.PROTECTION,
            "synthetic": SYNTHETIC_PREFIX,
        }
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_PLACES, asked)
            places = tuple(msgspec.convert(row, Place) for row in await cursor.fetchall())
        found = await cases(self._pool, from_at, until_at, [place.district_id for place in places] or ["-"])
        hours = (until - from_at).total_seconds() / 3600
        return Snapshot(month=month, counted_at=now, hours=hours, places=places, cases=tuple(found))


_ORDERS: Final = """
    select report_id, month, audience, language, districts, ordered_by, ordered_at, counted_at, finished_at, failure,
        snapshot, array(
            select p.district_id from report_part p where p.report_id = o.report_id order by p.district_id
        ) as made
    from report_order o
"""
# A home is not protected from when its alert says so until the signal is back, or the case is closed.
_PLACES: Final = """
    with homes as (
        select district_id, home_id from home
        where district_id = any(%(districts)s) and watched and not starts_with(home_id, %(synthetic)s)
    ), gaps as (
        select h.district_id, h.home_id, range_agg(tstzrange(
            greatest(a.since, %(from_at)s), least(coalesce(a.restored_at, a.resolved_at, %(until)s), %(until)s)
        )) as spans
        from alert a join homes h using (home_id)
        where a.hazard = %(protection)s and not a.test and a.since < %(until)s
            and coalesce(a.restored_at, a.resolved_at, %(until)s) > greatest(a.since, %(from_at)s)
        group by h.district_id, h.home_id
    ), lost as (
        select district_id, count(distinct home_id) as homes,
            sum(extract(epoch from upper(span) - lower(span))) / 3600 as hours
        from gaps, unnest(spans) as span group by district_id
    ), done as (
        select district_id, jsonb_object_agg(change, times order by change) as actions from (
            select h.district_id, l.change, count(*) as times
            from alert a join home h using (home_id) join alert_log l using (alert_id)
            where h.district_id = any(%(districts)s) and a.opened_at >= %(from_at)s and a.opened_at < %(until_at)s
                and not a.test and not starts_with(a.home_id, %(synthetic)s) and l.change = any(%(actions)s)
            group by h.district_id, l.change
        ) as counted group by district_id
    )
    select d.district_id, d.dong,
        (select count(*) from homes h where h.district_id = d.district_id) as homes,
        (select count(*) from sensor s join homes h using (home_id) where h.district_id = d.district_id) as sensors,
        coalesce(lost.homes, 0) as unprotected_homes, coalesce(lost.hours, 0)::float8 as unprotected_hours,
        coalesce(done.actions, '{}') as actions
    from district d left join lost using (district_id) left join done using (district_id)
    where d.district_id = any(%(districts)s)
    order by d.dong, d.district_id
"""
