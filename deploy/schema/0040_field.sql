-- The telephone that a responder's link belongs to since its first press, and presses that were carried out:
-- a telephone without a line says them again when it has one.

create table link_telephone (
    alert_id     text not null,
    responder_id text not null,
    -- A digest of the telephone's cookie: a stolen table opens nothing.
    telephone    bytea not null,
    bound_at     timestamptz not null default now(),
    -- Wrong codes of another telephone.
    tries        integer not null default 0,
    primary key (alert_id, responder_id)
);

create table link_press (
    alert_id     text not null,
    responder_id text not null,
    key          text not null,
    at           timestamptz not null default now(),
    primary key (alert_id, responder_id, key)
);
create index link_press_at on link_press (at);
