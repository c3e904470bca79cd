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
        rows = await self._rows(_NEWEST, {"home": home_id, "since": now - SEARCHED, "until": now + timedelta(hours=1)})
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
        rows = await self._rows(_MARKS, asked)
        return [Mark(slot=slot, moved=moved, door=door) for slot, moved, door in rows]

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


_NEWEST: Final = """
    select distinct on (sensor, kind) sensor, kind, ts, value
    from reading
    where home_id = %(home)s and ts >= %(since)s and ts < %(until)s and sign > 0
    order by sensor, kind, ts desc
"""
_LAST_MOVED: Final = """
    select ts, sensor from reading
    where home_id = %(home)s and ts >= %(since)s and ts <= %(until)s and sign = 2
    order by ts desc limit 1
"""
_MARKS: Final = """
    select floor(extract(epoch from ts) / 300)::integer as slot, bool_or(sign = 2),
        bool_or(sign = 2 and sensor = any(%(doors)s))
    from reading
    where home_id = %(home)s and ts >= %(since)s and ts < %(until)s and sign > 0
    group by slot order by slot
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
