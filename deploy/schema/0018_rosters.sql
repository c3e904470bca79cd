-- Who is on duty, and what is true of a responder for one home alone.

create table roster (
    roster_id text primary key,
    name text not null,
    timezone text not null,
    -- [{"responders": [...], "from_day": "2026-11-23", "handover_minute": 540, "days": 7, "hours": [...]}, ...]
    rotations jsonb not null,
    -- [{"from_at": "...", "until_at": "...", "responders": [...]}, ...]; of two that overlap the later one counts.
    overrides jsonb not null
);

alter table responder add column hours jsonb not null default '[]';
alter table home_responder
    add column consented boolean not null default true,
    -- null: as with every other home of this responder.
    add column has_key boolean,
    add column hours jsonb;
alter table policy add column accepts integer not null default 1 check (accepts > 0);
