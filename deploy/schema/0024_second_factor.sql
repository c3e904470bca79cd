-- A second factor, the lock of a workstation, records opened outside one's districts, and the months that were checked.

alter table console_account
    -- The sealed secret of the one-time codes; null: none is enrolled.
    add column totp_sealed bytea,
    -- The last half minute whose code was used: neither it nor an earlier one is taken again.
    add column totp_last_step bigint not null default 0,
    -- Opens a locked workstation of a session, and nothing else.
    add column pin_hash text,
    -- Nobody signs in with an account that has ended; its lines in the access log stay.
    add column ended_at timestamptz;

alter table console_session
    -- When the second factor was shown; null: only the password was.
    add column factor_at timestamptz,
    -- When a code or the password was last asked for again.
    add column stepped_up_at timestamptz,
    add column locked_at timestamptz,
    add column pin_failures integer not null default 0;

create table paper_code (
    name    text not null references console_account (name),
    digest  bytea not null,
    used_at timestamptz,
    primary key (name, digest)
);

-- Somebody opened the record of a home outside their own districts, and said why.
create table broken_glass (
    glass_id  bigint generated always as identity primary key,
    account   text not null,
    home_id   text not null,
    reason    text not null,
    opened_at timestamptz not null,
    until_at  timestamptz not null,
    signed_by text,
    signed_at timestamptz
);
create index broken_glass_account on broken_glass (account, home_id, until_at);

-- A supervisor read the access log of a month and put their name to it.
create table access_check (
    month     date primary key,
    signed_by text not null,
    signed_at timestamptz not null,
    lines     bigint not null,
    -- The digest of the last line that was read.
    digest    text not null,
    remark    text not null default ''
);
