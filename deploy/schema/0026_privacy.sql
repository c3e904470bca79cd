-- What residents agreed to, what was let go when its time was over, and whose record was erased.

create table consent (
    consent_id bigint generated always as identity primary key,
    home_id    text not null,
    kind       text not null check (kind in ('care', 'sensitive', 'provision', 'emergency_entry', 'voice')),
    given_at   timestamptz not null,
    -- The resident, or who may speak for them.
    given_by   text not null,
    until_at   timestamptz,
    written_by text not null,
    ended_at   timestamptz,
    ended_by   text
);
create index consent_home on consent (home_id, given_at);
create unique index consent_running on consent (home_id, kind) where ended_at is null;

create table retention_turn (
    at     timestamptz primary key,
    -- {"<class>": rows}
    counts jsonb not null
);

create table erasure (
    home_id   text primary key,
    erased_at timestamptz not null,
    erased_by text not null,
    reason    text not null,
    counts    jsonb not null
);

-- A log keeps its lines for ever, and its figures with them. What people wrote into it may name a resident: that text,
-- and nothing else, is emptied by an erasure and when its time is over, which say so in their own transaction.
create or replace function alert_log_refuses() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and coalesce(current_setting('dolbom.erasure', true), '') = 'on' then
        if to_jsonb(new) - 'text' = to_jsonb(old) - 'text' and new.text = '' then
            return new;
        end if;
    end if;
    raise exception 'alert_log is append-only: % refused', tg_op using errcode = 'restrict_violation';
end $$;
