"""The statements of the alert store, as SQL: they find, lock and write, and hold no rule."""

from typing import Final

COLUMNS: Final = """
    alert_id, home_id, hazard, kind, severity, state, test, late, version, rang_version, cried_version, cry_rang_at,
    opened_at, since, due_at, due_for, owner, goes, owner_until, restored_at, resolved_at, repeats, again, step,
    round_began, rounds, declined, holding, policy, evidence, outcome, stage, visits, timers, proposed, worst, centre,
    follow_up, follow_up_at, remind_at, closed_at
"""
ONE: Final = f"select {COLUMNS} from alert where alert_id = %(alert_id)s"
ONE_LOCKED: Final = f"{ONE} for update"
OPEN: Final = f"""
    select {COLUMNS} from alert where state <> 'resolved' and not starts_with(home_id, 'synthetic-')
    order by array_position(array['emergency', 'urgent', 'caution', 'notice', 'device'], severity), due_at, alert_id
"""
# What holds, and not what is open: an alert that a person has closed does not protect a home, and one that is open
# after the matter ended is no loss of protection. What only ails a device (a test that is missing) is none either.
_UNPROTECTED: Final = """
    finding_heard f join home h on h.home_id = f.home_id and h.watched
    where f.hazard = 'protection' and f.phase <> 'ended' and f.severity <> 'device' and not f.test
"""
NOT_PROTECTED: Final = f"select {COLUMNS} from alert where alert_id in (select f.alert_id from {_UNPROTECTED})"
COUNT_NOT_PROTECTED: Final = f"select count(distinct f.home_id) from {_UNPROTECTED} and f.alert_id is not null"
NOT_PROTECTED_BY_DISTRICT: Final = f"""
    select h.district_id, count(distinct f.home_id) from {_UNPROTECTED} and f.alert_id is not null
    group by h.district_id
"""
OF_HOME: Final = f"""
    select {COLUMNS} from alert where home_id = %(home_id)s order by opened_at desc, alert_id limit %(limit)s
"""
HOME_OF: Final = "select home_id from alert where alert_id = %(alert_id)s"
LOCK_HAZARD: Final = "select pg_advisory_xact_lock(hashtextextended(%(home_id)s || '/' || %(hazard)s, 0))"
OPEN_OF_HAZARD: Final = f"""
    select {COLUMNS} from alert
    where home_id = %(home_id)s and hazard = %(hazard)s and state <> 'resolved' for update
"""
OPEN_OF_HOME: Final = f"""
    select {COLUMNS} from alert where home_id = %(home_id)s and state <> 'resolved' order by alert_id
"""
HEARD: Final = """
    select finding_id, home_id, hazard, severity, phase, told_at, test, alert_id, openings
    from finding_heard where finding_id = %(finding_id)s
"""
FORMER: Final = f"""
    select {COLUMNS} from alert
    where alert_id = (select heard.alert_id from finding_heard heard where heard.finding_id = %(finding_id)s)
"""
# What is open goes before what remained to be done after it.
DUE: Final = """
    (select alert_id, home_id from alert
    where state <> 'resolved' and due_at <= clock_timestamp() order by due_at limit %(limit)s)
    union all
    (select alert_id, home_id from alert
    where follow_up = 'due' and follow_up_at <= clock_timestamp()
        and coalesce(remind_at, follow_up_at) <= clock_timestamp() order by follow_up_at limit %(limit)s)
"""
CLAIM: Final = f"""
    select {COLUMNS} from alert
    where alert_id = any(%(ids)s) and (
        (state <> 'resolved' and due_at <= clock_timestamp())
        or (follow_up = 'due' and coalesce(remind_at, follow_up_at) <= clock_timestamp())
    )
    order by due_at for update skip locked
"""
INSERT: Final = f"""
    insert into alert ({COLUMNS})
    values (%(alert_id)s, %(home_id)s, %(hazard)s, %(kind)s, %(severity)s, %(state)s, %(test)s, %(late)s, %(version)s,
        %(rang_version)s, %(cried_version)s, %(cry_rang_at)s, %(opened_at)s, %(since)s, %(due_at)s, %(due_for)s,
        %(owner)s, %(goes)s, %(owner_until)s, %(restored_at)s, %(resolved_at)s, %(repeats)s, %(again)s, %(step)s,
        %(round_began)s, %(rounds)s, %(declined)s, %(holding)s, %(policy)s, %(evidence)s, %(outcome)s,
        %(stage)s, %(visits)s, %(timers)s, %(proposed)s, %(worst)s, %(centre)s, %(follow_up)s, %(follow_up_at)s,
        %(remind_at)s, %(closed_at)s)
"""
UPDATE: Final = """
    update alert set kind = %(kind)s, severity = %(severity)s, state = %(state)s, test = %(test)s, late = %(late)s,
        version = %(version)s, rang_version = %(rang_version)s, cried_version = %(cried_version)s,
        cry_rang_at = %(cry_rang_at)s, since = %(since)s, due_at = %(due_at)s,
        due_for = %(due_for)s, owner = %(owner)s, goes = %(goes)s, owner_until = %(owner_until)s,
        restored_at = %(restored_at)s, resolved_at = %(resolved_at)s, repeats = %(repeats)s, again = %(again)s,
        step = %(step)s, round_began = %(round_began)s, rounds = %(rounds)s, declined = %(declined)s,
        holding = %(holding)s, evidence = %(evidence)s, outcome = %(outcome)s, stage = %(stage)s,
        visits = %(visits)s, timers = %(timers)s, proposed = %(proposed)s, worst = %(worst)s, centre = %(centre)s,
        follow_up = %(follow_up)s, follow_up_at = %(follow_up_at)s,
        remind_at = %(remind_at)s, closed_at = %(closed_at)s
    where alert_id = %(alert_id)s
"""
PUT_HEARD: Final = """
    insert into finding_heard (finding_id, home_id, hazard, severity, phase, told_at, test, alert_id, openings)
    values (%(finding_id)s, %(home_id)s, %(hazard)s, %(severity)s, %(phase)s, %(told_at)s, %(test)s, %(alert_id)s,
        %(openings)s)
    on conflict (finding_id) do update set severity = excluded.severity, phase = excluded.phase,
        told_at = excluded.told_at, test = excluded.test, alert_id = excluded.alert_id, openings = excluded.openings
"""
PUT_LINES: Final = """
    insert into alert_log (alert_id, version, at, change, reason, by, text, step, notification_id)
    select alert_id, version, at, change, reason, by, text, step, notification_id
    from jsonb_to_recordset(%(new)s) as new (alert_id text, version integer, at timestamptz, change text, reason text,
        by text, text text, step integer, notification_id text)
"""
PUT_CHANGES: Final = """
    insert into alert_change (alert_id, change)
    select new.value ->> 'alert_id', new.value -> 'change'
    from jsonb_array_elements(%(new)s) with ordinality as new (value, place) order by new.place
"""
TIMELINE: Final = """
    select alert_id, version, at, change, reason, by, text, step, notification_id
    from alert_log where alert_id = %(alert_id)s order by version
"""
OPENED_PER_MINUTE: Final = """
    select count(a.alert_id) from generate_series(%(minutes)s - 1, 0, -1) as ago
    left join alert a on not a.test and not starts_with(a.home_id, 'synthetic-')
        and a.opened_at > now() - (ago + 1) * interval '1 minute' and a.opened_at <= now() - ago * interval '1 minute'
    group by ago order by ago desc
"""
