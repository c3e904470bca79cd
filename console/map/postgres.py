"""Count for the map what stands in each district."""

from typing import Any, Final, LiteralString

from console.map.grid import Standing
from homes.model import District
from runtime.postgres import Pool


class MapStore:
    """Districts with how they stand now."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def standings(self, districts: frozenset[str]) -> list[Standing]:
        """Count homes, open alerts and homes that are not protected, in the districts that the reader may see."""
        asked = {"everywhere": not districts, "districts": list(districts)}
        return [
            Standing(district_id=district, gu=gu, dong=dong, homes=homes, open=dict(alerts), not_protected=lost)
            for district, gu, dong, homes, alerts, lost in await self._rows(_STANDINGS, asked)
        ]

    async def districts(self) -> list[District]:
        """Name all districts: a map is laid out alike for everybody."""
        rows = await self._rows(_DISTRICTS, {})
        return [District(district_id=district, city=city, gu=gu, dong=dong) for district, city, gu, dong in rows]

    async def _rows(self, statement: LiteralString, asked: dict[str, object]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, asked)).fetchall()


_DISTRICTS: Final = "select district_id, city, gu, dong from district where district_id <> 'synthetic'"
_STANDINGS: Final = """
    with ours as (
        select h.home_id, h.district_id from home h
        where h.watched and not starts_with(h.home_id, 'synthetic-')
            and (%(everywhere)s or h.district_id = any(%(districts)s))
    ), counted as (
        select o.district_id, a.severity, count(*) as n
        from alert a join ours o using (home_id)
        where a.state <> 'resolved' group by o.district_id, a.severity
    ), lost as (
        select o.district_id, count(distinct f.home_id) as n
        from finding_heard f join ours o using (home_id)
        where f.hazard = 'protection' and f.phase <> 'ended' and f.severity <> 'device' and not f.test
        group by o.district_id
    )
    select d.district_id, d.gu, d.dong, (select count(*) from ours o where o.district_id = d.district_id),
        coalesce((select jsonb_object_agg(c.severity, c.n) from counted c where c.district_id = d.district_id), '{}'),
        coalesce((select l.n from lost l where l.district_id = d.district_id), 0)
    from district d
    where d.district_id <> 'synthetic' and (%(everywhere)s or d.district_id = any(%(districts)s))
    order by d.gu, d.dong
"""
