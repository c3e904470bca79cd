-- Alerts: cases with a life, their log, the calls they make, and what the world is told of them.

create table alert (
    alert_id text primary key,
    home_id text not null,
    hazard text not null,
    kind text not null,
    severity text not null,
    state text not null check (state in ('new', 'acknowledged', 'resolved')),
    test boolean not null,
    late boolean not null,
    version integer not null,
    rang_version integer not null,
    opened_at timestamptz not null,
    since timestamptz not null,
    due_at timestamptz,
    due_for text not null,
    owner text,
    goes text,
    owner_until timestamptz,
    restored_at timestamptz,
    resolved_at timestamptz,
    repeats integer not null,
    again integer not null,
    step integer not null,
    round_began integer not null,
    rounds integer not null,
    declined text[] not null,
    holding text[] not null,
    policy jsonb not null,
    evidence jsonb not null,
    outcome jsonb,
    -- Nobody is forgotten: what is not resolved has a time at which something happens.
    constraint alert_unresolved_is_due check (state = 'resolved' or due_at is not null)
) with (fillfactor = 70);

-- At most one open alert per home and hazard.
create unique index alert_open on alert (home_id, hazard) where state <> 'resolved';
create index alert_due on alert (due_at) where state <> 'resolved';
create index alert_opened_at on alert (opened_at);
create index alert_home on alert (home_id, opened_at);

-- One line per change of an alert, in the order of its versions. It only grows.
create table alert_log (
    alert_id text not null references alert,
    version integer not null,
    at timestamptz not null,
    change text not null,
    reason text not null,
    by text,
    text text not null,
    step integer not null,
    notification_id text,
    primary key (alert_id, version)
);

create function alert_log_refuses() returns trigger language plpgsql as $$
begin
    raise exception 'alert_log is append-only: % refused', tg_op using errcode = 'restrict_violation';
end $$;
create trigger alert_log_only_grows before update or delete on alert_log
    for each row execute function alert_log_refuses();
create trigger alert_log_is_not_emptied before truncate on alert_log
    for each statement execute function alert_log_refuses();

-- What we last heard of each finding: a repeat and a late record are recognised by it.
create table finding_heard (
    finding_id text primary key,
    home_id text not null,
    hazard text not null,
    severity text not null,
    phase text not null,
    told_at timestamptz not null,
    test boolean not null,
    alert_id text,
    openings integer not null
) with (fillfactor = 70);

-- The outbox: one row per call to one responder by one contact. due_at is the next try and, while a worker has it,
-- the end of its lease; attempts is the fencing token: only who made the latest attempt may settle it.
create table notification (
    notification_id text primary key,
    alert_id text not null references alert,
    home_id text not null,
    responder_id text not null,
    channel text not null,
    contact integer not null,
    step integer not null,
    purpose text not null,
    severity text not null,
    rank smallint not null,
    hazard text not null,
    since timestamptz not null,
    late boolean not null,
    called_at timestamptz not null,
    insisted boolean not null,
    state text not null default 'queued' check (state in ('queued', 'delivered', 'failed', 'withdrawn')),
    due_at timestamptz not null,
    attempts integer not null default 0,
    settled_at timestamptz,
    provider_ref text,
    failure text
) with (fillfactor = 70);
create index notification_due on notification (rank, due_at) where state = 'queued';
create index notification_alert on notification (alert_id);

-- What the topic `alerts` has not got yet; a row goes when Kafka has it. The sequence is the order of telling:
-- within one alert it is exact, because the alert's row is locked while its lines are written.
create table alert_change (
    sequence bigint generated always as identity primary key,
    alert_id text not null,
    change jsonb not null
);

-- Work that only one process may do at a time: whoever holds the lease, until it ends.
create table alert_lease (
    name text primary key,
    holder text not null,
    epoch bigint not null,
    until_at timestamptz not null
);

-- Records on `findings` that cannot be read, kept so that somebody can look; the stream goes on.
create table finding_refused (
    topic text not null,
    partition integer not null,
    record_offset bigint not null,
    refused_at timestamptz not null default now(),
    reason text not null,
    payload bytea not null,
    primary key (topic, partition, record_offset)
);
