-- The whole life of an alert: its stages, those who go, its timers, and what remains when it is resolved; and who is
-- at a console.

alter table alert drop constraint alert_state_check;
alter table alert add constraint alert_state_check check (
    state in ('checking', 'new', 'acknowledged', 'watching', 'handed_over', 'resolved')
);
alter table alert
    add column stage text not null default 'taken',
    -- Everybody who accepted, in order: [{"responder_id": ..., "stage": ..., "accepted_at": ...}, ...].
    add column visits jsonb not null default '[]',
    -- What happens by itself beside due_at, which is the earliest: [{"due_for": ..., "at": ...}, ...].
    add column timers jsonb not null default '[]',
    add column proposed text,
    add column centre text,
    add column follow_up text not null default 'none',
    add column follow_up_at timestamptz,
    add column closed_at timestamptz;
create index alert_follow_up on alert (follow_up_at) where follow_up = 'due';

-- An operator at a console, seen again and again while the page is open.
create table presence (
    operator text not null,
    console text not null,
    seen_at timestamptz not null,
    primary key (operator, console)
);

-- A call that waits for its time: "push now, call after two minutes".
alter table notification add column send_at timestamptz;
