-- What the consoles know of each other, for a few seconds or a few hours.

-- Who has which alert before them now.
create unlogged table alert_viewing (
    operator text not null,
    console text not null,
    alert_id text not null,
    seen_at timestamptz not null default now(),
    primary key (operator, console)
);

-- A press that was sent twice is done once: the answer to the first is the answer to the second.
create table console_press (
    operator text not null,
    key text not null check (length(key) between 8 and 64),
    path text not null,
    pressed_at timestamptz not null default now(),
    -- null while it is being done.
    status integer,
    body bytea,
    primary key (operator, key)
);
create index console_press_old on console_press (pressed_at);

-- The trial of the loudspeakers at the start of a shift.
create table sound_trial (
    operator text not null,
    console text not null,
    tried_at timestamptz not null default now()
);
