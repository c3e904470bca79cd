-- What the history service keeps besides readings: findings, changes of alerts, its places in Kafka, dead letters.
create table kafka_offset (
    topic text not null,
    partition integer not null,
    -- Moves in the same transaction as the rows, and only from the value that the writer knew: a writer that was
    -- overtaken writes nothing.
    next_offset bigint not null,
    primary key (topic, partition)
);

create table history_dead_letter (
    topic text not null,
    partition integer not null,
    record_offset bigint not null,
    fate text not null,
    detail text not null,
    -- The first 4 KiB of the record.
    payload bytea not null,
    at timestamptz not null default now(),
    primary key (topic, partition, record_offset)
);

-- One row for each phase and severity of a finding: a concern that is told every minute stays one row.
create table history_finding (
    finding_id text not null,
    phase text not null,
    severity text not null,
    home_id text not null,
    kind text not null,
    hazard text not null,
    since timestamptz not null,
    first_told_at timestamptz not null,
    last_told_at timestamptz not null,
    late boolean not null,
    test boolean not null,
    evidence jsonb not null,
    primary key (finding_id, phase, severity)
);
create index history_finding_by_home on history_finding (home_id, since);

create table history_alert (
    alert_id text not null,
    version integer not null,
    home_id text not null,
    hazard text not null,
    severity text not null,
    state text not null,
    change text not null,
    at timestamptz not null,
    opened_at timestamptz not null,
    due_at timestamptz,
    test boolean not null,
    primary key (alert_id, version)
);
create index history_alert_by_home on history_alert (home_id, at);

-- The table `reading` is made by the file of the storage mode, with the same columns in both.
