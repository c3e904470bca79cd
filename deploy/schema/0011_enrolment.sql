-- How a gateway gets a credential of its own: claims that are exchanged once, credentials, and what was done by whom.
-- No code, no password and no private key is here: a code is a digest, a password is Mosquitto's own hash.

create table enrolment_claim (
    claim_id   bigint generated always as identity primary key,
    home_id    text not null references home on delete cascade,
    -- The part of the code that tells which claim is meant; the digest is over the whole code.
    selector   text not null,
    digest     bytea not null,
    -- A claim for a home that has a credential already: the old one ends when the new one is first used.
    replaces   boolean not null default false,
    made_by    text not null,
    made_at    timestamptz not null default now(),
    expires_at timestamptz not null,
    guesses    integer not null default 0,
    used_at    timestamptz,
    -- Another claim took its place, or too many guessed at it.
    ended_at   timestamptz
);
create unique index enrolment_claim_one_open on enrolment_claim (home_id) where used_at is null and ended_at is null;
create index enrolment_claim_selector on enrolment_claim (selector) where ended_at is null;

create table enrolment_credential (
    credential_id bigint generated always as identity primary key,
    home_id       text not null references home on delete cascade,
    claim_id      bigint not null unique references enrolment_claim on delete cascade,
    kind          text not null check (kind in ('certificate', 'password')),
    -- The checked signing request, until and after the keeper signed it.
    request       bytea,
    -- Hexadecimal, as openssl prints it.
    serial        text unique,
    certificate   text,
    password_hash text,
    made_at       timestamptz not null default now(),
    issued_at     timestamptz,
    expires_at    timestamptz,
    first_used_at timestamptz,
    revoked_at    timestamptz,
    reason        text,
    -- The keeper ended the connection that stood when it was revoked.
    cut_at        timestamptz,
    check (kind = 'certificate' or password_hash is not null),
    check (kind = 'password' or request is not null)
);
create index enrolment_credential_home on enrolment_credential (home_id);
create index enrolment_credential_waiting on enrolment_credential (credential_id)
    where kind = 'certificate' and issued_at is null and revoked_at is null;
create index enrolment_credential_uncut on enrolment_credential (credential_id)
    where revoked_at is not null and cut_at is null;

-- One row: the authority of the broker, as its keeper told it. Public; gateways get it with their certificate.
create table enrolment_authority (
    one         boolean primary key default true check (one),
    certificate text not null,
    told_at     timestamptz not null default now()
);

-- What was done, by whom; written with the deed itself. The console takes each into its chained access log.
create table enrolment_event (
    event_id   bigint generated always as identity primary key,
    at         timestamptz not null default now(),
    account    text not null,
    home_id    text not null,
    what       text not null,
    chained_at timestamptz
);
create index enrolment_event_unchained on enrolment_event (event_id) where chained_at is null;
create index enrolment_event_home on enrolment_event (home_id, at);

-- On the broker a home's id is a user and a session: none may be a service's. Rows from before are not looked at.
alter table home add constraint home_id_is_no_service
    check (home_id not in ('bridge', 'keeper', 'simulator', 'admin', 'dolbom') and home_id not like 'dolbom-%') not valid;
