-- Which bridge serves which partition; each says every second that it lives, by this database's time.

create table ingest_bridge (
    name text primary key,
    -- Grows with each start: of two processes of one name, the older one ends.
    incarnation bigint not null,
    -- It can hear gateways and write to Kafka; one that cannot holds nothing while another can.
    able boolean not null,
    until_at timestamptz not null
);

create table ingest_lease (
    partition integer primary key,
    holder text not null
);
