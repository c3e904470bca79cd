"""A glance at one home in PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, LiteralString

from contracts import HomeId, Reading
from contracts.rows import ReadingRow, reading_of
from history.glance.words import Mark, Word, kind_of_number, numbers_of
from runtime.postgres import Pool

#: A sensor that said nothing for so long is told as never heard, like a home that did not.
SEARCHED: Final = timedelta(days=7)
#: What stands until the next word of its kind: a bed is taken, a device cannot be reached, a gateway is offline.
_STANDING: Final = numbers_of(("occupancy", "device_status", "gateway_status"))


class GlanceStore:
    """The newest of a home; every question reads the table `reading` by its one index."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def newest(self, home_id: HomeId, now: datetime) -> list[Word]:
        """Read the newest word of each sensor about each thing, of the last week."""
        return await self.newest_between(home_id, now - SEARCHED, now + timedelta(hours=1))

    async def newest_between(self, home_id: HomeId, since: datetime, until: datetime) -> list[Word]:
        """Read the newest word of each sensor about each thing, of a span."""
        rows = await self._rows(_NEWEST, {"home": home_id, "since": since, "until": until})
        return [
            Word(sensor_id=sensor, kind=kind_of_number(kind), at=at.astimezone(UTC), value=value)
            for sensor, kind, at, value in rows
        ]

    async def last_moved(self, home_id: HomeId, since: datetime, now: datetime) -> tuple[datetime, str] | None:
        """Tell when somebody last moved, and by which sensor; None: not since then."""
        rows = await self._rows(_LAST_MOVED, {"home": home_id, "since": since, "until": now})
        return (rows[0][0].astimezone(UTC), f"{rows[0][1]}") if rows else None

    async def marks(self, home_id: HomeId, doors: Sequence[str], since: datetime, until: datetime) -> list[Mark]:
        """Read in which five minutes the home spoke, somebody moved, and one of these doors did."""
        asked = {"home": home_id, "doors": list(doors), "since": since, "until": until}
        spoke = await self._rows(_MARKS, asked)
        at_doors = {slot for (slot,) in await self._rows(_DOOR_MARKS, asked)} if doors else set()
        return [Mark(slot=slot, moved=moved, door=slot in at_doors) for slot, moved in spoke]

    async def signs(self, home_id: HomeId, since: datetime, until: datetime) -> list[Reading]:
        """Read every sign of somebody, and what was said of beds and of lines, oldest first."""
        rows = await self._rows(_SIGNS, {"home": home_id, "since": since, "until": until, "kinds": _STANDING})
        return [reading_of(ReadingRow(*row)) for row in rows]

    async def blind(self, home_id: HomeId, since: datetime) -> list[tuple[datetime, datetime]]:
        """Read the spans in which no living sensor would have seen anybody, as detectors told of them."""
        rows = await self._rows(_BLIND, {"home": home_id, "since": since})
        return [(begin.astimezone(UTC), end.astimezone(UTC)) for begin, end in rows]

    async def _rows(self, statement: LiteralString, asked: dict[str, object]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, asked)).fetchall()


# Not `distinct on`: it would sort thousands of heartbeats by the language's rules to keep a dozen rows.
_NEWEST: Final = """
    select sensor, kind, max(ts), (max(array[extract(epoch from ts)::double precision, value]))[2]
    from reading
    where home_id = %(home)s and ts >= %(since)s and ts < %(until)s and sign > 0
    group by sensor, kind
"""
_LAST_MOVED: Final = """
    select ts, sensor from reading
    where home_id = %(home)s and ts >= %(since)s and ts <= %(until)s and sign = 2
    order by ts desc limit 1
"""
# This is read from the index alone: a home's rows lie each in another page of the table.
_MARKS: Final = """
    select (extract(epoch from began) / 300)::integer as slot, moved
    from (
        select date_bin('5 minutes', ts, 'epoch') as began, bool_or(sign = 2) as moved
        from reading
        where home_id = %(home)s and ts >= %(since)s and ts < %(until)s and sign > 0
        group by began
    ) as spoke
    order by slot
"""
# The index tells which rows are movements, and only those are looked up for their sensor.
_DOOR_MARKS: Final = """
    select distinct (extract(epoch from date_bin('5 minutes', moved.ts, 'epoch')) / 300)::integer
    from (
        select ts, reading_id from reading
        where home_id = %(home)s and ts >= %(since)s and ts < %(until)s and sign = 2 offset 0
    ) as moved
    cross join lateral (
        select sensor from reading
        where home_id = %(home)s and ts = moved.ts and reading_id = moved.reading_id limit 1
    ) as said
    where said.sensor = any(%(doors)s)
"""
_SIGNS: Final = """
    select ts, received_at, value, kind, sign, late, clock_doubted, home_id, sensor, reading_id, detail
    from reading
    where home_id = %(home)s and ts >= %(since)s and ts < %(until)s and (sign = 2 or kind = any(%(kinds)s))
    order by ts, reading_id
"""
_BLIND: Final = """
    select since, coalesce(min(first_told_at) filter (where phase = 'ended'), max(last_told_at))
    from history_finding
    where home_id = %(home)s and kind = 'blind_home' and last_told_at > %(since)s and not test
    group by finding_id, since order by since
"""
