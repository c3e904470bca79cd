"""Open alerts by the end of a telephone number: it stands on no row, so the page cannot find it by itself."""

from typing import Final

from psycopg.rows import scalar_row

from console.search.asked import Asked
from contracts import AlertId
from runtime.postgres import Pool

#: A number that so many have is no number.
MOST: Final = 200
_BY_NUMBER: Final = """
    select a.alert_id from alert a join home h using (home_id)
    where a.state <> 'resolved' and not starts_with(a.home_id, 'synthetic-')
        and (%(everywhere)s or h.district_id = any(%(districts)s)) and exists (
            select 1 from (
                select r.phone from resident r where r.home_id = a.home_id
                union all
                select p.phone from home_responder c join responder p using (responder_id) where c.home_id = a.home_id
            ) as known
            where right(regexp_replace(known.phone, '\\D', '', 'g'), length(%(digits)s)) = %(digits)s
        )
    order by a.alert_id limit %(most)s
"""


async def by_number(pool: Pool, asked: Asked, districts: frozenset[str]) -> tuple[AlertId, ...]:
    """Name the open alerts of these districts whose resident's or responder's number ends so."""
    if not asked.digits:
        return ()
    fields = {
        "digits": asked.digits,
        "everywhere": not districts,
        "districts": list(districts),
        "most": MOST,
    }
    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=scalar_row)
        rows = await (await cursor.execute(_BY_NUMBER, fields)).fetchall()
    return tuple(AlertId(str(alert_id)) for alert_id in rows)
