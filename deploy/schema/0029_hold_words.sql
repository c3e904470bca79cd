-- Who entered a hold in the console, and why; a street file says neither.
alter table hold
    add column entered_by text not null default '',
    add column reason     text not null default '';
