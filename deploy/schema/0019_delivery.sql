-- What became of a call after its channel took it, browsers that Web Push reaches, whether contacts work, and what
-- providers told us before.

alter table notification
    -- When the latest worker took it in hand: the home that was served longest ago comes first.
    add column claimed_at timestamptz,
    -- What the provider said later, each once and with its own time.
    add column reached_at timestamptz,
    add column read_at timestamptz,
    add column accepted_at timestamptz,
    add column declined_at timestamptz,
    add column undelivered_at timestamptz,
    -- A provider that reports must have said by then that it was delivered, or answered; else it counts as failed.
    add column receipt_due_at timestamptz,
    -- The call whose message spoke of this one too.
    add column bundled_in text;
create index notification_receipt_due on notification (receipt_due_at) where receipt_due_at is not null;
create index notification_ref on notification (channel, provider_ref) where provider_ref is not null;
create index notification_home_claimed on notification (home_id, claimed_at) where claimed_at is not null;
create index notification_responder on notification (responder_id, channel, settled_at);

create table web_push_subscription (
    endpoint text primary key,
    responder_id text not null,
    p256dh text not null,
    auth text not null,
    made_at timestamptz not null default now()
);
create index web_push_subscription_responder on web_push_subscription (responder_id);

-- Does a contact work? By the digest of its address: a new number is a new contact, and nothing is known of it.
create table contact_state (
    responder_id text not null,
    channel text not null,
    address_digest text not null,
    -- They proved that what we send there reaches them.
    verified_at timestamptz,
    -- A test message was taken.
    tested_at timestamptz,
    -- Since then nothing that we sent there arrived.
    failing_since timestamptz,
    primary key (responder_id, channel, address_digest)
);

-- Requests of providers that were carried out; a repeat of one changes nothing.
create table inbound_heard (
    provider text not null,
    event_digest text not null,
    heard_at timestamptz not null default now(),
    primary key (provider, event_digest)
);
create index inbound_heard_at on inbound_heard (heard_at);
