-- The steps of an alert's script that were answered, in their order; what was answered stays as it was.

create table alert_step (
    alert_id text not null,
    -- Which answer it is, from 1: of two that answer the same place one is too late.
    place integer not null check (place > 0),
    step text not null,
    answer text not null,
    operator text not null,
    answered_at timestamptz not null default now(),
    primary key (alert_id, place)
);

create rule alert_step_kept as on update to alert_step do instead nothing;
