-- Walk tests: a home's sensors proven one by one, and what came of it. A result outlives its home.
create table walk_test (
    test_id text primary key,
    home_id text not null,
    engineer text not null,
    begun_at timestamptz not null,
    until_at timestamptz not null check (until_at > begun_at),
    -- Null while it runs.
    ended_at timestamptz,
    sensors jsonb not null default '[]',
    -- SHA-256 of the result; it is printed on the certificate.
    digest text not null default ''
);
create unique index walk_test_running on walk_test (home_id) where ended_at is null;
create index walk_test_by_home on walk_test (home_id, begun_at);
