"""The SQL of the homes; homes/postgres.py runs it."""

from typing import Final

# Rows are read as JSON in the shape of the model, and the decoder takes the fields that it knows by name.
DISTRICTS: Final = "select to_jsonb(d)::text from district d where d.district_id <> 'synthetic' order by d.district_id"
POLICIES: Final = "select to_jsonb(p)::text from policy p where p.policy_id <> 'synthetic' order by p.policy_id"
RESPONDERS: Final = (
    "select to_jsonb(r)::text from responder r where r.responder_id <> 'synthetic' order by r.responder_id"
)
ROSTERS: Final = "select to_jsonb(r)::text from roster r order by r.roster_id"
RESPONDERS_NAMED: Final = "select to_jsonb(r)::text from responder r where r.responder_id = any(%(ids)s)"

HOLDS_OF_HOME: Final = """
    (select coalesce(jsonb_agg(jsonb_build_object(
        'kind', o.kind,
        'from_at', to_char(o.from_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'until_at', to_char(o.until_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    ) order by o.from_at, o.kind), '[]')
    from hold o where o.home_id = h.home_id and o.until_at > now() - interval '1 day')
"""
SENSORS_OF_HOME: Final = """
    (select coalesce(jsonb_agg(to_jsonb(s) order by s.place), '[]') from sensor s where s.home_id = h.home_id)
"""
WATCHED: Final = f"""
    select jsonb_build_object(
        'home_id', h.home_id, 'version', h.version, 'timezone', h.timezone, 'watched', h.watched, 'plan', h.plan,
        'sensors', {SENSORS_OF_HOME}, 'holds', {HOLDS_OF_HOME}
    )::text from home h
"""
WATCHED_ONE: Final = f"{WATCHED} where h.home_id = %(home_id)s"
WHEREABOUTS: Final = "select home_id, district_id, carrier from home where watched"
_HOME: Final = f"""
    jsonb_build_object(
        'home_id', h.home_id, 'version', h.version, 'timezone', h.timezone, 'watched', h.watched, 'plan', h.plan,
        'address', h.address, 'entry', h.entry, 'carrier', h.carrier, 'vulnerability', h.vulnerability,
        'district', to_jsonb(d), 'policy', to_jsonb(p), 'resident', to_jsonb(r),
        'sensors', {SENSORS_OF_HOME}, 'holds', {HOLDS_OF_HOME},
        'responders', (
            select coalesce(jsonb_agg(to_jsonb(who) || jsonb_strip_nulls(jsonb_build_object(
                'consented', call.consented, 'has_key', call.has_key, 'hours', call.hours
            )) order by call.place), '[]')
            from home_responder call join responder who using (responder_id) where call.home_id = h.home_id
        )
    )::text
"""
_SHARED: Final = "join district d using (district_id) join policy p using (policy_id) join resident r using (home_id)"
HOMES: Final = f"select {_HOME} from home h {_SHARED}"
# Whoever changes anything of a home gives it another version; one that was removed and made anew has another time.
_MARK: Final = "h.version || '/' || extract(epoch from h.changed_at)"
MARKS: Final = f"select h.home_id, {_MARK} from home h where h.home_id = any(%(homes)s)"
MARKED_HOMES: Final = f"""
    select h.home_id, {_MARK}, {_HOME} from home h {_SHARED} where h.home_id = any(%(homes)s)
"""
ASKED: Final = " where h.home_id = any(%(homes)s)"
# What the service made up to test itself is nobody's home, and no street file holds it.
REAL: Final = " where not starts_with(h.home_id, 'synthetic-')"
IN_ORDER: Final = " order by h.home_id"

PUT_DISTRICTS: Final = """
    insert into district (district_id, city, gu, dong)
    select district_id, city, gu, dong
    from jsonb_to_recordset(%(new)s) as new (district_id text, city text, gu text, dong text)
    on conflict (district_id) do update set city = excluded.city, gu = excluded.gu, dong = excluded.dong
    where (district.city, district.gu, district.dong) is distinct from (excluded.city, excluded.gu, excluded.dong)
    returning district_id
"""
PUT_POLICIES: Final = """
    insert into policy (policy_id, name, repeat_every_seconds, steps, accepts)
    select policy_id, name, repeat_every_seconds, steps, accepts
    from jsonb_to_recordset(%(new)s) as new (policy_id text, name text, repeat_every_seconds integer, steps jsonb,
        accepts integer)
    on conflict (policy_id) do update
    set name = excluded.name, repeat_every_seconds = excluded.repeat_every_seconds, steps = excluded.steps,
        accepts = excluded.accepts
    where to_jsonb(policy) is distinct from to_jsonb(excluded)
    returning policy_id
"""
PUT_RESPONDERS: Final = """
    insert into responder (responder_id, name, kind, phone, language, has_key, distance_km, contacts, hours)
    select responder_id, name, kind, phone, language, has_key, distance_km, contacts, hours
    from jsonb_to_recordset(%(new)s) as new (responder_id text, name text, kind text, phone text, language text,
        has_key boolean, distance_km double precision, contacts jsonb, hours jsonb)
    on conflict (responder_id) do update
    set name = excluded.name, kind = excluded.kind, phone = excluded.phone, language = excluded.language,
        has_key = excluded.has_key, distance_km = excluded.distance_km, contacts = excluded.contacts,
        hours = excluded.hours
    where to_jsonb(responder) is distinct from to_jsonb(excluded)
    returning responder_id
"""
_NEW_ROSTERS: Final = """
    from jsonb_to_recordset(%(new)s) as new (roster_id text, name text, timezone text, rotations jsonb,
        overrides jsonb)
    on conflict (roster_id) do update
    set name = excluded.name, timezone = excluded.timezone, rotations = excluded.rotations,
        overrides = excluded.overrides, edited_at = excluded.edited_at
"""
# What was edited on the page since is kept, unless it is forced; a file that says the same has caught up with it.
PUT_ROSTERS: Final = f"""
    insert into roster (roster_id, name, timezone, rotations, overrides)
    select roster_id, name, timezone, rotations, overrides {_NEW_ROSTERS}
    where roster.edited_at is null or %(force)s
        or (roster.name, roster.timezone, roster.rotations, roster.overrides)
            is not distinct from (excluded.name, excluded.timezone, excluded.rotations, excluded.overrides)
    returning roster_id
"""
EDIT_ROSTER: Final = f"""
    insert into roster (roster_id, name, timezone, rotations, overrides, edited_at)
    select roster_id, name, timezone, rotations, overrides, now() {_NEW_ROSTERS}
"""
TOUCHED: Final = """
    select h.home_id from home h
    where h.home_id <> all(%(homes)s) and (
        h.district_id = any(%(districts)s) or h.policy_id = any(%(policies)s) or h.home_id in (
            select call.home_id from home_responder call where call.responder_id = any(%(responders)s)
        )
    )
    order by h.home_id
"""
SEARCH: Final = """
    select home_id from home
    where position(%(part)s in home_id) > 0
        and (cardinality(%(districts)s::text[]) = 0 or district_id = any(%(districts)s::text[]))
    order by home_id limit %(most)s
"""
STANDING: Final = "select count(*), sum(version) from home"
BUMP: Final = "update home set version = version + 1, changed_at = now() where home_id = any(%(homes)s)"
OTHERS: Final = """
    select home_id from home where home_id <> all(%(homes)s) and not starts_with(home_id, 'synthetic-') order by home_id
"""
PUT_HOMES: Final = """
    insert into home (home_id, version, district_id, policy_id, address, entry, timezone, watched, plan, carrier,
        vulnerability)
    select home_id, 1, district ->> 'district_id', policy ->> 'policy_id', address, entry, timezone, watched, plan,
        carrier, vulnerability
    from jsonb_to_recordset(%(new)s) as new (home_id text, district jsonb, policy jsonb, address text, entry text,
        timezone text, watched boolean, plan jsonb, carrier text, vulnerability smallint)
    on conflict (home_id) do update
    set version = home.version + 1, district_id = excluded.district_id, policy_id = excluded.policy_id,
        address = excluded.address, entry = excluded.entry, timezone = excluded.timezone,
        watched = excluded.watched, plan = excluded.plan, carrier = excluded.carrier,
        vulnerability = excluded.vulnerability, changed_at = now()
"""
PUT_RESIDENTS: Final = """
    insert into resident (home_id, name, birth_year, sex, phone, language, hazards, health, hearing, animals)
    select new.home_id, r.name, r.birth_year, r.sex, r.phone, r.language, r.hazards, r.health, r.hearing, r.animals
    from jsonb_to_recordset(%(new)s) as new (home_id text, resident jsonb),
        jsonb_to_record(new.resident) as r (name text, birth_year integer, sex text, phone text, language text,
            hazards text, health text, hearing text, animals text)
    on conflict (home_id) do update
    set name = excluded.name, birth_year = excluded.birth_year, sex = excluded.sex, phone = excluded.phone,
        language = excluded.language, hazards = excluded.hazards, health = excluded.health,
        hearing = excluded.hearing, animals = excluded.animals
"""
DROP_SENSORS: Final = """
    delete from sensor using jsonb_to_recordset(%(new)s) as new (home_id text) where sensor.home_id = new.home_id
"""
PUT_SENSORS: Final = """
    insert into sensor (home_id, sensor_id, place, kind, room, silent_after_seconds, supply)
    select new.home_id, s.value ->> 'sensor_id', s.place, s.value ->> 'kind', s.value ->> 'room',
        (s.value ->> 'silent_after_seconds')::integer, s.value ->> 'supply'
    from jsonb_to_recordset(%(new)s) as new (home_id text, sensors jsonb),
        jsonb_array_elements(new.sensors) with ordinality as s (value, place)
"""
DROP_CALLS: Final = """
    delete from home_responder using jsonb_to_recordset(%(new)s) as new (home_id text)
    where home_responder.home_id = new.home_id
"""
PUT_CALLS: Final = """
    insert into home_responder (home_id, place, responder_id, consented, has_key, hours)
    select new.home_id, r.place, r.value ->> 'responder_id', (r.value ->> 'consented')::boolean,
        -- What is as with every other home stays with the responder, so that it changes with them.
        nullif((r.value ->> 'has_key')::boolean, who.has_key), nullif(r.value -> 'hours', who.hours)
    from jsonb_to_recordset(%(new)s) as new (home_id text, responders jsonb),
        jsonb_array_elements(new.responders) with ordinality as r (value, place),
        responder who
    where who.responder_id = r.value ->> 'responder_id'
"""
PUT_HOLDS: Final = """
    insert into hold (home_id, kind, from_at, until_at)
    select new.home_id, o.kind, o.from_at, o.until_at
    from jsonb_to_recordset(%(new)s) as new (home_id text, holds jsonb),
        jsonb_to_recordset(new.holds) as o (kind text, from_at timestamptz, until_at timestamptz)
    on conflict (home_id, kind, from_at) do update set until_at = excluded.until_at
"""
#: What a home is, in the order in which it must be written.
PUT_ALL: Final = (PUT_HOMES, PUT_RESIDENTS, DROP_SENSORS, PUT_SENSORS, DROP_CALLS, PUT_CALLS, PUT_HOLDS)
SAY_HOLD: Final = """
    update hold set entered_by = %(by)s, reason = %(reason)s
    where home_id = %(home_id)s and kind = %(kind)s and from_at = %(from_at)s
"""
# One that has not begun is taken back whole: a hold cannot end before it begins.
END_HOLD: Final = """
    update hold set until_at = %(now)s
    where home_id = %(home_id)s and kind = %(kind)s and from_at = %(from_at)s
        and from_at < %(now)s and until_at > %(now)s
"""
DROP_HOLD: Final = """
    delete from hold
    where home_id = %(home_id)s and kind = %(kind)s and from_at = %(from_at)s and from_at >= %(now)s
"""
ANALYZE: Final = "analyze home, district, policy, resident, sensor, hold, responder, home_responder"
