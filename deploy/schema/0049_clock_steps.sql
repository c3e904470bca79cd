-- When a row's due times were written last, by this server's clock: if that lies in the future, the clock has gone back
-- since, and the row would wait until the clock comes there again. alerts/clock_steps moves such rows.
--
-- Written by triggers, so that code of before this file is covered too while both run, and only where a due time
-- changes: whatever else is written of a row says nothing of the clock that its due times came from. null: before this
-- file.

create function note_when_written() returns trigger language plpgsql as $$
begin
    new.written_at := clock_timestamp();
    return new;
end $$;

alter table alert add column written_at timestamptz;
alter table notification add column written_at timestamptz;
alter table hand_over add column written_at timestamptz;
alter table service_fault add column written_at timestamptz;

-- What waits, by when its due times were written: each is asked for the newest every two seconds.
create index alert_waits on alert (written_at) where state <> 'resolved' or follow_up = 'due';
create index notification_waits on notification (written_at) where state = 'queued' or receipt_due_at is not null;

-- What this server's clock said when somebody looked last, and by how much what it wrote before is still behind: one row.
create table clock_seen (
    one boolean primary key default true check (one),
    at timestamptz not null,
    behind_seconds double precision not null
);

create trigger alert_made before insert on alert for each row execute function note_when_written();
create trigger alert_due_again before update on alert for each row
    when ((old.due_at, old.timers, old.owner_until, old.cry_rang_at, old.follow_up_at, old.remind_at)
        is distinct from
        (new.due_at, new.timers, new.owner_until, new.cry_rang_at, new.follow_up_at, new.remind_at))
    execute function note_when_written();

create trigger notification_made before insert on notification for each row execute function note_when_written();
create trigger notification_due_again before update on notification for each row
    when ((old.due_at, old.send_at, old.receipt_due_at)
        is distinct from (new.due_at, new.send_at, new.receipt_due_at))
    execute function note_when_written();

create trigger hand_over_made before insert on hand_over for each row execute function note_when_written();
create trigger hand_over_due_again before update on hand_over for each row
    when (old.due_at is distinct from new.due_at) execute function note_when_written();

create trigger service_fault_made before insert on service_fault for each row execute function note_when_written();
create trigger service_fault_due_again before update on service_fault for each row
    when (old.page_due_at is distinct from new.page_due_at) execute function note_when_written();
