-- Other systems that are told of every change of an alert, and what each has not been told yet.

create table api_webhook (
    webhook_id text primary key,
    token_id text not null references api_token,
    url text not null,
    -- Kinds of changes and severities that are told; empty: all.
    changes text[] not null default '{}',
    severities text[] not null default '{}',
    created_at timestamptz not null default now(),
    -- The next try; while a worker has it, the end of its lease.
    due_at timestamptz not null default now(),
    attempts integer not null default 0,
    failing_since timestamptz,
    told_at timestamptz,
    off_at timestamptz,
    off_because text not null default ''
);
create index api_webhook_due on api_webhook (due_at) where off_at is null;

-- One row per system and change, written in the alert's own transaction; it goes when the system has taken it.
-- No foreign key: a subscription that ends must never make an alert's transaction fail.
create table api_event (
    sequence bigint generated always as identity primary key,
    webhook_id text not null,
    -- The same in every try: the alert and its version.
    event_id text not null,
    change jsonb not null,
    at timestamptz not null default now(),
    unique (webhook_id, event_id)
);
create index api_event_next on api_event (webhook_id, sequence);

create function api_event_write() returns trigger language plpgsql as $$
begin
    insert into api_event (webhook_id, event_id, change)
    select w.webhook_id, told.alert_id || '-' || (told.change ->> 'version'), told.change
    from told
    join api_webhook w on w.off_at is null
    join api_token t on t.token_id = w.token_id and t.taken_at is null and t.expires_at > now()
    where not starts_with(told.change ->> 'home_id', 'synthetic-')
        and (cardinality(w.changes) = 0 or told.change ->> 'change' = any(w.changes))
        and (cardinality(w.severities) = 0 or told.change ->> 'severity' = any(w.severities))
        and (cardinality(t.districts) = 0 or exists (
            select from home h where h.home_id = told.change ->> 'home_id' and h.district_id = any(t.districts)))
    order by told.sequence
    on conflict do nothing;
    return null;
end $$;
create trigger api_event_write after insert on alert_change
    referencing new table as told for each statement execute function api_event_write();
