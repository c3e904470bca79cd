-- When a row with a due time was written last, by this server's clock: if that lies in the future, the clock has gone
-- back since, and the row would wait until the clock comes there again. alerts/clock_steps moves such rows.
--
-- Written by triggers, so that code of before this file is covered too while both run; null: written before this file.

create function note_when_written() returns trigger language plpgsql as $$
begin
    new.written_at := clock_timestamp();
    return new;
end $$;

alter table alert add column written_at timestamptz;
alter table notification add column written_at timestamptz;
alter table hand_over add column written_at timestamptz;
alter table service_fault add column written_at timestamptz;

create trigger alert_written before insert or update on alert
    for each row execute function note_when_written();
create trigger notification_written before insert or update on notification
    for each row execute function note_when_written();
create trigger hand_over_written before insert or update on hand_over
    for each row execute function note_when_written();
create trigger service_fault_written before insert or update on service_fault
    for each row execute function note_when_written();
