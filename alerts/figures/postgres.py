"""The cases of a span, read from alerts and their logs."""

from datetime import datetime
from typing import Final

from psycopg.rows import dict_row

from alerts import rows
from alerts.figures.cases import ANSWERS, ASKED, SENT, Case
from contracts import AlertChangeKind
from contracts.ids import SYNTHETIC_PREFIX
from runtime.postgres import Pool


async def cases(pool: Pool, from_at: datetime, until_at: datetime, district: str = "") -> list[Case]:
    """Read what was opened in a span, oldest first; tests and synthetic alarms are left out."""
    asked = {
        "from_at": from_at,
        "until_at": until_at,
        "district": district,
        "synthetic": SYNTHETIC_PREFIX,
        "answers": list(ANSWERS),
        "sent": list(SENT),
        "asked": list(ASKED),
        "arrived": AlertChangeKind.ARRIVED,
        "entered": AlertChangeKind.ENTERED,
        "resident": RESIDENT,
    }
    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(_CASES, asked)
        return [rows.read(row, Case) for row in await cursor.fetchall()]


#: Who said that all is well has not answered a call of ours.
RESIDENT: Final = "resident"
# `<>` leaves out what the service did by itself, too: there `by` is null. An answer counts for whoever gave it first.
_CASES: Final = """
    select a.alert_id, coalesce(h.district_id, '') as district_id, a.hazard, a.severity, a.opened_at, a.resolved_at,
        a.outcome ->> 'code' as outcome,
        min(l.at) filter (where l.change = any(%(asked)s)) as asked_at,
        min(l.at) filter (where l.change = any(%(answers)s) and l.by <> %(resident)s) as answered_at,
        (array_agg(l.by order by l.version) filter (
            where l.change = any(%(answers)s) and l.by <> %(resident)s
        ))[1] as answered_by,
        min(l.at) filter (where l.change = any(%(sent)s)) as sent_at,
        min(l.at) filter (where l.change = %(arrived)s) as arrived_at,
        min(l.at) filter (where l.change = %(entered)s) as entered_at
    from alert a join alert_log l using (alert_id) left join home h using (home_id)
    where a.opened_at >= %(from_at)s and a.opened_at < %(until_at)s and not a.test
        and not starts_with(a.home_id, %(synthetic)s)
        and (%(district)s = '' or h.district_id = %(district)s)
    group by a.alert_id, h.district_id
    order by a.opened_at, a.alert_id
"""
