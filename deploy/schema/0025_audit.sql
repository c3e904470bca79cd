-- The access log is read by account and by time, and forgets what is older than its retention from its beginning only.

create index access_log_account on access_log (account, line);
create index access_log_at on access_log (at);

-- What the first line that is left follows, once older ones were let go.
create table access_log_anchor (
    line       bigint primary key,
    digest     text not null,
    forgot_at  timestamptz not null,
    -- The last moment that was let go.
    until_at   timestamptz not null
);

-- Retention says so in its own transaction; nothing else of the program may take a line away, and nothing changes one.
create or replace function access_log_only_grows() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and coalesce(current_setting('dolbom.retention', true), '') = 'on' then
        return null;
    end if;
    raise exception 'the access log only grows';
end $$;
