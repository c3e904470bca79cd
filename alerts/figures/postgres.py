"""The cases of a span, read from alerts and their logs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from psycopg.rows import dict_row

from alerts import rows
from alerts.figures.cases import ANSWERS, ASKED, CONTACTS, SENT, Case
from contracts import AlertChangeKind
from contracts.ids import SYNTHETIC_PREFIX
from runtime.postgres import Pool


async def cases(pool: Pool, from_at: datetime, until_at: datetime, districts: Iterable[str] = ()) -> list[Case]:
    """Read what was opened in a span, oldest first; tests and synthetic alarms are left out. No district: all."""
    asked = {
        "from_at": from_at,
        "until_at": until_at,
        "districts": sorted(districts),
        "synthetic": SYNTHETIC_PREFIX,
        "answers": list(ANSWERS),
        "contacts": list(CONTACTS),
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


async def case_of(pool: Pool, alert_id: str, districts: Iterable[str] = ()) -> Case | None:
    """Read one case; None: there is none, it is a test, or it is another district's."""
    async with pool.connection() as connection:
        asked = "select opened_at from alert where alert_id = %s"
        row = await (await connection.execute(asked, [alert_id])).fetchone()
    if row is None or not isinstance(row[0], datetime):
        return None
    found = await cases(pool, row[0], row[0] + timedelta(microseconds=1), districts)
    return next((one for one in found if one.alert_id == alert_id), None)


#: Who said that all is well has not answered a call of ours.
RESIDENT: Final = "resident"
# `<>` leaves out what the service did by itself, too: there `by` is null. An answer counts for whoever gave it first.
# The log is read once, by its key, and folded before anything else is joined to it.
_CASES: Final = """
    with opened as materialized (
        select a.alert_id, h.district_id, d.dong, a.kind, a.hazard, a.severity, a.opened_at, a.resolved_at,
            a.outcome ->> 'code' as outcome
        from alert a left join home h using (home_id) left join district d using (district_id)
        where a.opened_at >= %(from_at)s and a.opened_at < %(until_at)s and not a.test
            and not starts_with(a.home_id, %(synthetic)s)
            and (%(districts)s::text[] = '{}' or h.district_id = any(%(districts)s))
    ), steps as (
        select l.alert_id,
            min(l.at) filter (where l.change = any(%(asked)s)) as asked_at,
            min(l.at) filter (where l.change = any(%(answers)s) and l.by <> %(resident)s) as answered_at,
            (array_agg(l.by order by l.version) filter (
                where l.change = any(%(answers)s) and l.by <> %(resident)s
            ))[1] as answered_by,
            min(l.at) filter (where l.change = any(%(contacts)s)) as contacted_at,
            min(l.at) filter (where l.change = any(%(sent)s)) as sent_at,
            min(l.at) filter (where l.change = %(arrived)s) as arrived_at,
            min(l.at) filter (where l.change = %(entered)s) as entered_at
        from alert_log l join opened using (alert_id)
        group by l.alert_id
    )
    select o.alert_id, coalesce(o.district_id, '') as district_id, coalesce(o.dong, '') as dong, o.kind as rule,
        o.hazard, o.severity, o.opened_at, o.resolved_at, o.outcome, s.asked_at, s.answered_at, s.answered_by,
        s.contacted_at, s.sent_at, s.arrived_at, s.entered_at
    from opened o join steps s using (alert_id)
    order by o.opened_at, o.alert_id
"""
