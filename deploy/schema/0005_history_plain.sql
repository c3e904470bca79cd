-- only: plain
-- Readings in native partitions of a day each (UTC).
create table reading (
    ts timestamptz not null,
    received_at timestamptz not null,
    -- The number that says it; which one, history/rows.py tells for each kind.
    value double precision,
    kind smallint not null,
    -- 0 the broker's word, 1 the home spoke, 2 somebody moved.
    sign smallint not null,
    late boolean not null,
    clock_doubted boolean not null,
    home_id text not null,
    sensor text not null,
    -- The 12 bytes of the derived id: what makes a repeated reading the same row.
    reading_id bytea not null,
    -- What the number does not say, where there is something.
    detail jsonb
) partition by range (ts);

-- The only index: it finds repeats, reads one home over time, and holds what a day's picture needs.
create unique index reading_key on reading (home_id, ts, reading_id) include (sign);

-- A moment for which no day was made ready must not stop a batch.
create table reading_default partition of reading default;

-- Make each day of a span ready; rows that strayed into the default partition move to their day.
create function reading_partitions(from_day date, to_day date) returns integer language plpgsql as $$
declare
    day date;
    made integer := 0;
    name text;
    from_at timestamptz;
    to_at timestamptz;
begin
    perform pg_advisory_xact_lock(1919246692);
    for day in select generate_series(from_day, to_day, interval '1 day')::date loop
        name := 'reading_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass(name) is not null;
        from_at := day::timestamp at time zone 'utc';
        to_at := (day + 1)::timestamp at time zone 'utc';
        execute format('create table %I (like reading including defaults)', name);
        execute format(
            'with strayed as (delete from reading_default where ts >= %L and ts < %L returning *)'
            ' insert into %I select * from strayed', from_at, to_at, name);
        execute format('alter table reading attach partition %I for values from (%L) to (%L)', name, from_at, to_at);
        made := made + 1;
    end loop;
    return made;
end $$;

-- Forget whole days that ended before a day, and strayed rows of that time.
create function reading_drop_before(first_kept date) returns integer language plpgsql as $$
declare
    old regclass;
    dropped integer := 0;
begin
    perform pg_advisory_xact_lock(1919246692);
    for old in
        select inhrelid::regclass from pg_inherits
        where inhparent = 'reading'::regclass and inhrelid <> 'reading_default'::regclass
    loop
        if to_date(right(old::text, 8), 'YYYYMMDD') < first_kept then
            execute format('drop table %s', old);
            dropped := dropped + 1;
        end if;
    end loop;
    delete from reading_default where ts < first_kept::timestamp at time zone 'utc';
    return dropped;
end $$;

-- Called by the history service at its start and every hour.
create function reading_keep(raw_days integer) returns void language plpgsql as $$
begin
    perform reading_partitions((now() at time zone 'utc')::date - 8, (now() at time zone 'utc')::date + 7);
    perform reading_drop_before((now() at time zone 'utc')::date - raw_days);
end $$;
