"""Readings of a home in batches from PostgreSQL: no transaction stays open while somebody reads slowly."""

from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from typing import Any, Final, LiteralString

from contracts import HomeId
from contracts.rows import KINDS, ReadingRow
from history.export.vitals import AfterVital, Vital
from runtime.postgres import Pool

#: Rows held at once; the index gives each batch where the one before ended.
BATCH: Final = 5_000
_VITAL_SIGNS: Final = KINDS.index("vital_signs") + 1
_BEFORE_ALL: Final = b""


class ReadingExport:
    """Reads what a home saw, in order, a batch at a time."""

    def __init__(self, pool: Pool, *, batch: int = BATCH) -> None:
        self._pool = pool
        self._batch = batch

    async def rows(self, home_id: HomeId, from_at: datetime, to_at: datetime) -> AsyncIterator[list[ReadingRow]]:
        """Give batches of what a home saw between two moments, oldest first."""
        at, last = from_at, _BEFORE_ALL
        while True:
            asked = {"home": home_id, "from_at": at, "after": last, "to_at": to_at, "most": self._batch}
            found = [ReadingRow(*row) for row in await self._read(_ROWS, asked)]
            if found:
                yield found
                at, last = found[-1].ts, bytes(found[-1].reading_id)
            if len(found) < self._batch:
                return

    async def vitals(
        self,
        home_id: HomeId,
        from_at: datetime,
        to_at: datetime,
        *,
        names: Collection[str],
        after: AfterVital | None,
        most: int,
    ) -> list[Vital]:
        """Give the next vital signs of a home between two moments, oldest first."""
        asked = {
            "home": home_id,
            "kind": _VITAL_SIGNS,
            "to_at": to_at,
            "names": sorted(names),
            "at": after.at if after else from_at,
            "after": after.reading_id if after else _BEFORE_ALL,
            "name": after.name if after else "",
            "most": most,
        }
        return [
            Vital(
                at=at.astimezone(UTC),
                reading_id=bytes(reading_id),
                name=name,
                value=value,
                sensor=sensor,
                received_at=received_at.astimezone(UTC),
                late=late,
                clock_doubted=doubted,
            )
            for at, reading_id, name, value, sensor, received_at, late, doubted in await self._read(_VITALS, asked)
        ]

    async def _read(self, statement: LiteralString, asked: dict[str, object]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, asked)).fetchall()


_ROWS: Final = """
    select ts, received_at, value, kind, sign, late, clock_doubted, home_id, sensor, reading_id, detail
    from reading
    where home_id = %(home)s and ts >= %(from_at)s and ts < %(to_at)s
        and (ts, reading_id) > (%(from_at)s, %(after)s::bytea)
    order by ts, reading_id limit %(most)s
"""
_VITALS: Final = """
    select r.ts, r.reading_id, one.name, one.value, r.sensor, r.received_at, r.late, r.clock_doubted
    from reading r cross join lateral (values
        ('breath_per_minute', (r.detail ->> 'breath_per_minute')::double precision),
        ('heart_per_minute', r.value)
    ) as one (name, value)
    where r.home_id = %(home)s and r.kind = %(kind)s and r.ts >= %(at)s and r.ts < %(to_at)s
        and one.value is not null and one.name = any(%(names)s)
        and (r.ts, r.reading_id, one.name) > (%(at)s, %(after)s::bytea, %(name)s)
    order by r.ts, r.reading_id, one.name limit %(most)s
"""
