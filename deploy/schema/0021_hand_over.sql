-- Other alarm centres that may take a case, and what was said to them.

create table centre (
    -- What an operator picks, and what the alert's log names.
    centre_id text primary key check (centre_id ~ '^[a-z0-9-]{1,64}$'),
    name text not null,
    way text not null check (way in ('dc09', 'webhook')),
    -- host:port for DC-09, a URL for a webhook.
    address text not null,
    -- Who we are for them, in DC-09: our account, and their receiver and line.
    account text not null default '' check (account ~ '^[0-9A-F]{0,16}$'),
    receiver text not null default '' check (receiver ~ '^[0-9A-F]{0,6}$'),
    line text not null default '0' check (line ~ '^[0-9A-F]{0,6}$'),
    -- ADM-CID or SIA-DCS.
    token text not null default 'SIA-DCS',
    -- Sealed by DOLBOM_ALERTS_CENTRE_SECRET for this centre; null: it is spoken to in clear.
    locked_key bytea,
    -- The number of the last message, 1 to 9999 and round again.
    seq integer not null default 0,
    changed_at timestamptz not null default now()
);

-- Under which account a centre knows a home; without a row, under the account of the centre.
create table centre_home (
    centre_id text not null references centre on delete cascade,
    home_id text not null,
    account text not null check (account ~ '^[0-9A-F]{3,16}$'),
    primary key (centre_id, home_id)
);

-- One row per hand-over: the version of the alert at which an operator asked for it. Like the outbox: due_at is the
-- next try and, while a worker has it, the end of its lease.
create table hand_over (
    alert_id text not null references alert,
    version integer not null,
    centre_id text not null,
    -- Drawn once: a message that is sent again carries the same number.
    seq integer not null,
    due_at timestamptz not null,
    attempts integer not null default 0,
    state text not null default 'asked' check (state in ('asked', 'confirmed', 'refused', 'taken_back')),
    -- What they answered last.
    answer text not null default '',
    settled_at timestamptz,
    primary key (alert_id, version)
);
create index hand_over_due on hand_over (due_at) where state = 'asked';
