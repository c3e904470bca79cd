-- Visits to homes whose devices must be mended.

create table device_job (
    job_id     bigint generated always as identity primary key,
    home_id    text not null references home on delete cascade,
    -- What was wrong when it was made: kinds of findings.
    kinds      text[] not null,
    engineer   text not null default '',
    due_on     date not null,
    made_by    text not null,
    made_at    timestamptz not null default now(),
    done_by    text,
    done_at    timestamptz,
    result     text not null default ''
);
-- A home waits for one visit at a time.
create unique index device_job_open on device_job (home_id) where done_at is null;
