"""History in PostgreSQL: what happened to a home, cell by cell or reading by reading."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, LiteralString

from contracts import HomeId, Reading
from contracts.rows import ReadingRow, reading_of
from history.cells import Cell, Count, lines_of, rooms_of
from homes.postgres import HomeStore
from runtime.postgres import Pool

#: A home that was not heard for so long is told as never heard: older days are not searched.
SEARCHED_FOR_LAST_HEARD: Final = timedelta(days=30)
#: A live reading's own time lies no further than this from its arrival; what is further off is late.
LARGEST_SKEW: Final = timedelta(hours=1)


class HistoryStore:
    """The questions that pages ask of history. All of them read the table `reading` by its one index."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._homes = HomeStore(pool)

    async def activity(
        self, home_ids: Sequence[HomeId], *, until: datetime, hours: int = 24, bin_minutes: int = 15
    ) -> dict[HomeId, list[Cell]]:
        """Draw the hours before a moment for each of these homes; the last cell ends at the moment."""
        asked = _span(until, hours, bin_minutes) | {"homes": list(home_ids)}
        lines = lines_of(await self._counts(_BY_HOME, asked), home_ids, cells=hours * 60 // bin_minutes)
        return {HomeId(home_id): line for home_id, line in lines.items()}

    async def by_room(
        self, home_id: HomeId, until: datetime, hours: int = 24, bin_minutes: int = 15
    ) -> dict[str, list[Cell]]:
        """Draw the hours before a moment for each room that has eyes, in the order of registration."""
        asked = _span(until, hours, bin_minutes) | {"home": home_id}
        counts = await self._counts(_BY_SENSOR, asked)
        home = await self._homes.watched(home_id)
        return rooms_of(counts, home.sensors if home else (), cells=hours * 60 // bin_minutes)

    async def readings(self, home_id: HomeId, from_at: datetime, to_at: datetime, most: int = 50_000) -> list[Reading]:
        """Read what a home saw between two moments, oldest first."""
        asked = {"home": home_id, "from_at": from_at, "to_at": to_at, "most": most}
        return [reading_of(ReadingRow(*row)) for row in await self._rows(_READINGS, asked)]

    async def arrived(self, home_id: HomeId, from_at: datetime, to_at: datetime, most: int = 5_000) -> list[Reading]:
        """Read what arrived live from a home between two moments, the newest first, whatever its clock says."""
        asked = {"home": home_id, "from_at": from_at, "to_at": to_at, "most": most, "skew": LARGEST_SKEW}
        return [reading_of(ReadingRow(*row)) for row in await self._rows(_ARRIVED, asked)]

    async def last_heard(self, home_ids: Sequence[HomeId]) -> dict[HomeId, datetime]:
        """Tell when each home last spoke; one that did not for 30 days is missing."""
        asked = {"homes": list(home_ids), "days": SEARCHED_FOR_LAST_HEARD}
        return {HomeId(home_id): at.astimezone(UTC) for home_id, at in await self._rows(_LAST_HEARD, asked)}

    async def _counts(self, statement: LiteralString, asked: dict[str, object]) -> list[Count]:
        rows = await self._rows(statement, asked)
        return [Count(of=of, place=place, movements=moved, heard=heard) for of, place, moved, heard in rows]

    async def _rows(self, statement: LiteralString, asked: dict[str, object]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, asked)).fetchall()


def _span(until: datetime, hours: int, bin_minutes: int) -> dict[str, object]:
    return {"since": until - timedelta(hours=hours), "until": until, "bin_seconds": bin_minutes * 60}


_BY_HOME: Final = """
    select home_id, (extract(epoch from began - %(since)s::timestamptz) / %(bin_seconds)s)::integer, moved, heard
    from (
        select home_id, date_bin(make_interval(secs => %(bin_seconds)s), ts, %(since)s::timestamptz) as began,
            count(*) filter (where sign = 2) as moved, count(*) filter (where sign > 0) as heard
        from reading
        where home_id = any(%(homes)s) and ts >= %(since)s and ts < %(until)s
        group by home_id, began
    ) as counted
"""
_BY_SENSOR: Final = """
    select sensor, floor(extract(epoch from ts - %(since)s::timestamptz) / %(bin_seconds)s)::integer as place,
        count(*) filter (where sign = 2), count(*) filter (where sign > 0)
    from reading
    where home_id = %(home)s and ts >= %(since)s and ts < %(until)s
    group by sensor, place
    order by sensor, place
"""
_READINGS: Final = """
    select ts, received_at, value, kind, sign, late, clock_doubted, home_id, sensor, reading_id, detail
    from reading
    where home_id = %(home)s and ts >= %(from_at)s and ts < %(to_at)s
    order by ts, reading_id
    limit %(most)s
"""
_ARRIVED: Final = """
    select ts, received_at, value, kind, sign, late, clock_doubted, home_id, sensor, reading_id, detail
    from reading
    where home_id = %(home)s and ts >= %(from_at)s - %(skew)s::interval and ts < %(to_at)s + %(skew)s::interval
        and received_at >= %(from_at)s and received_at < %(to_at)s and not late
    order by received_at desc, reading_id
    limit %(most)s
"""
_LAST_HEARD: Final = """
    select asked.home_id, spoke.ts
    from unnest(%(homes)s::text[]) as asked (home_id)
    cross join lateral (
        select ts from reading
        where home_id = asked.home_id and sign > 0 and ts > now() - %(days)s::interval
        order by ts desc limit 1
    ) as spoke
"""
