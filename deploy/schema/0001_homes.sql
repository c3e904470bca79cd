-- Who is watched, with what, and who comes: the tables of the package homes.
create table district (
    district_id text primary key,
    city text not null,
    gu text not null,
    dong text not null
);

create table policy (
    policy_id text primary key,
    name text not null,
    repeat_every_seconds integer not null check (repeat_every_seconds > 0),
    -- [{"after_seconds": 0, "kinds": ["operator"]}, ...] in the order in which they are taken.
    steps jsonb not null check (jsonb_array_length(steps) > 0)
);

create table responder (
    responder_id text primary key,
    name text not null,
    kind text not null,
    phone text not null default '',
    language text not null default 'ko',
    has_key boolean not null default false,
    distance_km double precision,
    -- [{"channel": "email", "address": "..."}, ...] in the order in which they are tried.
    contacts jsonb not null default '[]'
);

create table home (
    home_id text primary key check (home_id ~ '^[a-z0-9-]{1,64}$'),
    -- Grows by one with every change of anything that belongs to the home.
    version integer not null,
    district_id text not null references district,
    policy_id text not null references policy,
    address text not null,
    entry text not null default '',
    timezone text not null default 'Asia/Seoul',
    watched boolean not null default true,
    plan jsonb not null default '{}',
    changed_at timestamptz not null default now()
);
create index home_by_district on home (district_id);
create index home_by_policy on home (policy_id);

create table resident (
    home_id text primary key references home on delete cascade,
    name text not null,
    birth_year integer not null,
    sex text not null check (sex in ('f', 'm')),
    phone text not null default '',
    language text not null default 'ko',
    hazards text not null default '',
    health text not null default '',
    hearing text not null default '',
    animals text not null default ''
);

create table sensor (
    home_id text not null references home on delete cascade,
    sensor_id text not null,
    place smallint not null,
    kind text not null,
    room text not null default '',
    silent_after_seconds integer,
    primary key (home_id, sensor_id)
);

create table home_responder (
    home_id text not null references home on delete cascade,
    place smallint not null,
    responder_id text not null references responder,
    primary key (home_id, place),
    unique (home_id, responder_id)
);
create index home_responder_by_responder on home_responder (responder_id);

-- A hold always ends by itself: there is none without an end, and none that is longer than two weeks.
create table hold (
    home_id text not null references home on delete cascade,
    kind text not null,
    from_at timestamptz not null,
    until_at timestamptz not null,
    primary key (home_id, kind, from_at),
    check (until_at > from_at and until_at <= from_at + interval '336 hours')
);
