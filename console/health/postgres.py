"""Devices in trouble, and visits to mend them, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from psycopg.rows import class_row, dict_row

from console.health.model import Job, Trouble
from console.health.tabs import ALL_KINDS, KINDS, Tab
from contracts import HomeId
from runtime.postgres import Pool


class HealthStore:
    """Reads open alerts of devices and keeps visits."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def page(self, tab: Tab, districts: Collection[str], *, dong: str, skip: int, most: int) -> list[Trouble]:
        """Read a part of a list: homes that are not protected first, then the longest in trouble."""
        asked = {"kinds": list(KINDS[tab]), "districts": sorted(districts), "dong": dong, "skip": skip, "most": most}
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Trouble))
            await cursor.execute(_PAGE, asked)
            return await cursor.fetchall()

    async def counts(self, districts: Collection[str]) -> dict[str, int]:
        """Count the troubles by kind."""
        rows = await self._rows(_COUNTS, {"kinds": list(ALL_KINDS), "districts": sorted(districts)})
        return {row["kind"]: int(row["count"]) for row in rows}

    async def by_dong(self, tab: Tab, districts: Collection[str]) -> dict[str, int]:
        """Count the homes in trouble by dong, the most first."""
        rows = await self._rows(_BY_DONG, {"kinds": list(KINDS[tab]), "districts": sorted(districts)})
        return {row["dong"]: int(row["homes"]) for row in rows}

    async def make_jobs(
        self, alert_ids: Sequence[str], districts: Collection[str], *, engineer: str, due_on: date, by: str
    ) -> list[HomeId]:
        """Make a visit for each home of these alerts that waits for none; tell which."""
        asked = {
            "alerts": list(alert_ids),
            "kinds": list(ALL_KINDS),
            "districts": sorted(districts),
            "engineer": engineer,
            "due_on": due_on,
            "by": by,
        }
        return [HomeId(row["home_id"]) for row in await self._rows(_MAKE, asked)]

    async def jobs(self, districts: Collection[str]) -> list[Job]:
        """Read the visits that are still to be made, the most pressing first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Job))
            await cursor.execute(_JOBS, {"districts": sorted(districts)})
            return await cursor.fetchall()

    async def waits_for(self, home_id: HomeId, engineer: str) -> bool:
        """Tell whether a visit to a home is still to be made, by this engineer or by whoever takes it."""
        return bool(await self._rows(_WAITS, {"home": home_id, "engineer": engineer}))

    async def end_job(self, job_id: int, districts: Collection[str], *, by: str, result: str) -> HomeId | None:
        """Write down what came of a visit; None when there is no such visit any more."""
        asked = {"job_id": job_id, "by": by, "result": result, "districts": sorted(districts)}
        rows = await self._rows(_END, asked)
        return HomeId(rows[0]["home_id"]) if rows else None

    async def _rows(self, statement: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(statement.encode(), asked)
            return await cursor.fetchall()


_SCOPE: Final = "(cardinality(%(districts)s::text[]) = 0 or home.district_id = any(%(districts)s::text[]))"
_OPEN: Final = f"""
    from alert join home using (home_id) join district using (district_id)
    where alert.state <> 'resolved' and alert.kind = any(%(kinds)s) and not alert.test and {_SCOPE}
"""
_PAGE: Final = f"""
    select alert.alert_id, alert.home_id, alert.kind, alert.since, dong, alert.evidence,
        exists (select from finding_heard f
            where f.home_id = alert.home_id and f.hazard = 'protection' and f.phase <> 'ended') as unprotected,
        job.job_id, job.engineer, job.due_on
    from alert join home using (home_id) join district using (district_id)
        left join device_job job on job.home_id = alert.home_id and job.done_at is null
    where alert.state <> 'resolved' and alert.kind = any(%(kinds)s) and not alert.test and {_SCOPE}
        and (%(dong)s = '' or dong = %(dong)s)
    order by unprotected desc, alert.since, alert.alert_id
    limit %(most)s offset %(skip)s
""".encode()
_COUNTS: Final = f"select alert.kind, count(*) {_OPEN} group by alert.kind"
_BY_DONG: Final = f"select dong, count(distinct home_id) as homes {_OPEN} group by dong order by homes desc, dong"
_MAKE: Final = f"""
    insert into device_job (home_id, kinds, engineer, due_on, made_by)
    select home_id, array_agg(distinct alert.kind), %(engineer)s, %(due_on)s, %(by)s {_OPEN}
        and alert.home_id in (select home_id from alert where alert_id = any(%(alerts)s))
    group by home_id
    on conflict (home_id) where done_at is null do nothing returning home_id
"""
_JOBS: Final = f"""
    select job_id, device_job.home_id, kinds, engineer, due_on from device_job join home using (home_id)
    where done_at is null and {_SCOPE} order by due_on, job_id
""".encode()
_WAITS: Final = """
    select job_id from device_job
    where home_id = %(home)s and done_at is null and engineer in ('', %(engineer)s)
"""
_END: Final = f"""
    update device_job set done_at = now(), done_by = %(by)s, result = %(result)s from home
    where job_id = %(job_id)s and done_at is null and home.home_id = device_job.home_id and {_SCOPE}
    returning device_job.home_id
"""
