-- Who may do what, where; and why somebody looked.

-- Whoever had an account could do everything: it stays so until somebody takes a role away.
alter table console_account
    add column roles     text[] not null default '{operator,senior,supervisor,engineer,admin}',
    -- Ids of districts; none means every district.
    add column districts text[] not null default '{}';

alter table access_log
    add column place  text not null default '',
    add column task   text not null default '',
    add column reason text not null default '';
