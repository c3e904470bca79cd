"""The statements for many events at once, as SQL: what goes in is one JSON array, and no rule is in them."""

from typing import Final

from alerts.statements import COLUMNS

#: One after the other in one order, so that two workers never wait for each other.
LOCK_HAZARDS: Final = """
    select pg_advisory_xact_lock(place) from (
        select distinct hashtextextended(about.home_id || '/' || about.hazard, 0) as place
        from unnest(%(homes)s::text[], %(hazards)s::text[]) as about (home_id, hazard) order by place
    ) as places
"""
LOCK_ALERTS: Final = f"""
    select {COLUMNS} from alert where alert_id in (
        select unnest(%(alerts)s::text[])
        union select a.alert_id from alert a
        join unnest(%(homes)s::text[], %(hazards)s::text[]) as about (home_id, hazard)
            on a.home_id = about.home_id and a.hazard = about.hazard and a.state <> 'resolved'
    ) order by alert_id for update
"""
HEARD: Final = """
    select finding_id, home_id, hazard, severity, phase, told_at, test, alert_id, openings
    from finding_heard where finding_id = any(%(findings)s)
"""
FORMER: Final = f"""
    select {COLUMNS} from alert where alert_id in (
        select heard.alert_id from finding_heard heard where heard.finding_id = any(%(findings)s)
    )
"""
DELIVERED: Final = """
    update notification n set state = 'delivered', settled_at = clock_timestamp(), provider_ref = new.provider_ref,
        receipt_due_at = case
            when new.receipt_within > 0 and coalesce(n.reached_at, n.read_at, n.accepted_at) is null
            then clock_timestamp() + new.receipt_within * interval '1 second' end
    from jsonb_to_recordset(%(new)s) as new (notification_id text, attempt integer, provider_ref text,
        receipt_within integer)
    where n.notification_id = new.notification_id and n.attempts = new.attempt
        and n.state in ('queued', 'withdrawn')
    returning n.notification_id
"""
INSERT: Final = f"""
    insert into alert ({COLUMNS}) select {COLUMNS} from jsonb_populate_recordset(null::alert, %(new)s)
"""
_CHANGING: Final = ", ".join(
    f"{column} = new.{column}"
    for column in COLUMNS.replace("\n", " ").replace(" ", "").split(",")
    if column not in {"alert_id", "home_id", "hazard", "opened_at", "policy"}
)
UPDATE: Final = f"""
    update alert set {_CHANGING} from jsonb_populate_recordset(null::alert, %(new)s) as new
    where alert.alert_id = new.alert_id
"""
# That a call was delivered changes no more than this of an alert.
UPDATE_VERSION: Final = """
    update alert set version = new.version from unnest(%(ids)s::text[], %(versions)s::integer[]) as new (id, version)
    where alert.alert_id = new.id
"""
PUT_HEARD: Final = """
    insert into finding_heard (finding_id, home_id, hazard, severity, phase, told_at, test, alert_id, openings)
    select finding_id, home_id, hazard, severity, phase, told_at, test, alert_id, openings
    from jsonb_populate_recordset(null::finding_heard, %(new)s)
    on conflict (finding_id) do update set severity = excluded.severity, phase = excluded.phase,
        told_at = excluded.told_at, test = excluded.test, alert_id = excluded.alert_id, openings = excluded.openings
"""
