-- What a restored database says by itself: how far it has heard the findings, and which releases may run on it.

-- The next record of each partition of `findings` that this database has not heard. Kafka's own group knows it too, but
-- a database that was restored, or whose standby lagged, knows less than Kafka believes: then what lies between is heard
-- again.
create table finding_place (
    topic       text    not null,
    partition   integer not null,
    next_offset bigint  not null,
    primary key (topic, partition)
) with (fillfactor = 50);

-- A release whose newest schema file has a lower number than this must not run here any more. A file that takes
-- something away which an older release uses adds its line; so far there is none.
create table schema_needs (
    oldest integer primary key,
    why    text    not null
);
