-- Services may have roles of their own (deploy/roles): what one of them must do that only an owner may, a function of
-- the owner does for it, and nothing else. With one role for everything these run as they did before.

-- One writer at a time: two lines after the same line would break the chain. To lock it so, a role would need the right
-- to change it.
create function access_log_turn() returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    lock table public.access_log in share row exclusive mode;
end $$;
revoke execute on function access_log_turn() from public;
grant execute on function access_log_turn() to current_user;

-- Whoever writes a change of an alert knows nothing of the tokens of other systems.
alter function api_event_write() security definer set search_path = public, pg_temp;

-- Days of readings are made and dropped by whoever owns the table; TimescaleDB's own workers do it there.
alter function reading_keep(integer) security definer set search_path = public, pg_temp;
revoke execute on function reading_keep(integer) from public;
grant execute on function reading_keep(integer) to current_user;
do $$
begin
    if to_regprocedure('reading_partitions(date, date)') is not null then
        revoke execute on function reading_partitions(date, date), reading_drop_before(date) from public;
    end if;
end $$;
