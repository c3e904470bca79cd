-- When a supervisor is next told that what remained to be done is overdue; null: at follow_up_at.
alter table alert add column remind_at timestamptz;
