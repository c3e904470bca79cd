-- A roster as a calendar that others subscribe to: whoever has the link reads it, until it is taken back.

create table roster_feed (
    -- sha256 of the link's secret: a stolen table opens no calendar.
    digest bytea primary key,
    roster_id text not null,
    made_by text not null,
    made_at timestamptz not null,
    ended_at timestamptz,
    read_at timestamptz
);
create index roster_feed_roster on roster_feed (roster_id) where ended_at is null;
