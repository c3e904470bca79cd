-- only: timescale
-- Readings in a hypertable: compressed after two days, forgotten after ninety, by the extension's own workers.
create extension if not exists timescaledb;

create table reading (
    ts timestamptz not null,
    received_at timestamptz not null,
    value double precision,
    kind smallint not null,
    sign smallint not null,
    late boolean not null,
    clock_doubted boolean not null,
    home_id text not null,
    sensor text not null,
    reading_id bytea not null,
    detail jsonb
);
-- One day up to some 200 readings/s; at 2,000/s set_chunk_time_interval('reading', interval '1 hour') keeps the hot
-- index small enough to stay in memory.
select create_hypertable('reading', by_range('ts', interval '1 day'), create_default_indexes => false);
create unique index reading_key on reading (home_id, ts, reading_id) include (sign);

alter table reading set (
    timescaledb.compress,
    timescaledb.compress_segmentby = 'home_id',
    timescaledb.compress_orderby = 'ts'
);
-- Chunks with a sparse index are never merged, and say nothing (timescale/timescaledb#10511).
alter table reading reset (timescaledb.sparse_index);
select add_compression_policy('reading', compress_after => interval '2 days');
select add_retention_policy('reading', drop_after => interval '90 days');

-- The extension's workers do what the plain mode does here.
create function reading_keep(raw_days integer) returns void language sql as $$ select $$;
