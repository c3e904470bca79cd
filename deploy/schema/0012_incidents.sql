-- What many homes can lose together, who must be seen to first, and the incidents that gather them.

-- The operator of the gateway's line; empty: unknown. And how much the resident depends on being watched.
alter table home add column carrier text not null default '';
alter table home add column vulnerability smallint not null default 0 check (vulnerability between 0 and 3);

-- One cause that many homes share. `key` names it: a district's id, a carrier, a partition of ours, or nothing.
create table incident (
    incident_id text primary key,
    cause text not null,
    key text not null,
    -- Grows by one with every change of its homes.
    version integer not null,
    opened_at timestamptz not null,
    -- When its first home fell silent, by the homes' own time.
    began_at timestamptz not null,
    -- Since when so few of its homes are silent that it will end.
    low_since timestamptz,
    over_at timestamptz
);
-- At most one open incident per cause.
create unique index incident_open on incident (cause, key) where over_at is null;

create table incident_home (
    incident_id text not null references incident,
    home_id text not null,
    -- When it lost its line, its power, its protection.
    losses timestamptz[] not null,
    -- When it was heard again, or belonged to another cause.
    left_at timestamptz,
    primary key (incident_id, home_id)
);
-- A home belongs to one incident at a time.
create unique index incident_home_open on incident_home (home_id) where left_at is null;
