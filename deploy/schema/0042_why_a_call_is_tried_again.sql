-- A try that was answered, one that never left, and one whose worker died are three different things: only the first
-- speaks against the contact, and no number of the last makes a call be given up.
alter table notification
    add column failures smallint not null default 0,
    add column crowded smallint not null default 0,
    -- Since when the next contact or person is called, while this one is tried on.
    add column passed_on_at timestamptz;
create index notification_passed_on on notification (passed_on_at) where passed_on_at is not null and state = 'queued';
