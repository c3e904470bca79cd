-- Which home a panel speaks for when it calls the alarm receiver by SIA DC-09.
create table alarm_account (
    account text not null check (account ~ '^[0-9A-F]{3,16}$'),
    -- Empty: whichever the panel names.
    receiver text not null default '' check (receiver ~ '^[0-9A-F]{0,6}$'),
    line text not null default '' check (line ~ '^[0-9A-F]{0,6}$'),
    home_id text not null references home,
    -- The name of a file of profiles.
    profile text not null default 'default',
    -- Sealed by DOLBOM_DC09_SECRET for this account; null: the panel speaks in clear.
    locked_key bytea,
    changed_at timestamptz not null default now(),
    primary key (account, receiver, line)
);

create index alarm_account_of_home on alarm_account (home_id);
