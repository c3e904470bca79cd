-- Who may sign in to the console, their sessions, and who looked at whose record.

create table console_account (
    name            text primary key,
    password_hash   text not null,
    failures        integer not null default 0,
    last_failure_at timestamptz,
    created_at      timestamptz not null default now()
);

create table console_session (
    digest     bytea primary key,
    name       text not null references console_account (name),
    opened_at  timestamptz not null default now(),
    expires_at timestamptz not null
);
create index console_session_expires_at on console_session (expires_at);

create table access_log (
    line     bigint generated always as identity primary key,
    at       timestamptz not null,
    account  text not null,
    subject  text not null,
    what     text not null,
    previous text not null unique,
    digest   text not null unique
);
create index access_log_subject on access_log (subject, account, at);

-- Nobody edits the log through the program; whoever can switch this off breaks the chain of digests instead.
create function access_log_only_grows() returns trigger language plpgsql as $$
begin
    raise exception 'the access log only grows';
end $$;
create trigger access_log_only_grows before update or delete or truncate on access_log
    for each statement execute function access_log_only_grows();
