-- What feeds a sensor: how long it may be silent follows from it where nothing else is said.
alter table sensor add column supply text not null default 'unknown';
