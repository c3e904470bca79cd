-- The service watches itself: what was wrong with it, its synthetic alarms, and when there were too many alerts at once.

-- A fault of the service itself, never of a home. It begins, it holds, it ends.
create table service_fault (
    fault_id bigint generated always as identity primary key,
    fault text not null,
    -- Which loop, where it is one; empty: the fault says all.
    about text not null default '',
    -- Whose process it is of; empty: every worker sees the same.
    worker text not null default '',
    began_at timestamptz not null,
    -- When an auditor last saw it.
    holds_at timestamptz not null,
    ended_at timestamptz,
    -- How many things it is about, as last seen.
    count integer not null,
    -- When engineers are to be told of it next; while somebody does, the end of their lease. Null: not again.
    page_due_at timestamptz,
    pages integer not null default 0
);
create unique index service_fault_open on service_fault (fault, about, worker) where ended_at is null;
create index service_fault_page on service_fault (page_due_at) where page_due_at is not null;
create index service_fault_began on service_fault (began_at);

-- A press that nobody made: it goes the way of every press, and is timed.
create table synthetic_press (
    pressed_at timestamptz primary key,
    -- When it was an alert, and when its call had come back to the one who pressed.
    alerted_at timestamptz,
    called_at timestamptz,
    closed_at timestamptz
);

-- More alerts than those on duty can look at. Nothing is hidden by it: it is told and logged.
create table flood (
    flood_id bigint generated always as identity primary key,
    began_at timestamptz not null,
    ended_at timestamptz,
    -- The most alerts of ten minutes, and the operators on duty then.
    peak integer not null,
    operators integer not null
);
create unique index flood_open on flood ((ended_at is null)) where ended_at is null;
