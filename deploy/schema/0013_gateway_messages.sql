-- The last messages of each gateway, for the engineer's raw view: at most 200 rows a home, written over in place.
-- Unlogged: the diagnosis of a day, not a record. It costs half the writing, and a crash of the server empties it.
-- No index but the key, and room on each page: a row that is written over stays where it is (HOT).
create unlogged table gateway_message (
    -- The home; empty for the one ring of all those that no home of ours sent.
    ring text not null,
    -- The message's number in its ring, modulo 200.
    slot smallint not null,
    -- The home that the topic names.
    home_id text not null,
    topic text not null,
    received_at timestamptz not null,
    observed_at timestamptz,
    retained boolean not null,
    duplicate boolean not null,
    payload bytea not null,
    payload_bytes integer not null,
    -- [{"sensor_id": ..., "kind": ..., "value": ...}]
    became jsonb not null,
    readings integer not null,
    -- [{"reason": ..., "detail": ..., "kept": ...}]
    refusals jsonb not null,
    primary key (ring, slot)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- How many messages each ring was given; those from `first` on are still there.
create unlogged table gateway_ring (
    ring text primary key,
    heard bigint not null,
    first bigint not null,
    newest_at timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- How many messages of a home were refused, hour by hour.
create unlogged table gateway_refused (
    hour timestamptz not null,
    home_id text not null,
    messages integer not null,
    primary key (home_id, hour)
) with (fillfactor = 70);
create index gateway_refused_by_hour on gateway_refused (hour);
