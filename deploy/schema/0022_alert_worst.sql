-- How bad an alert was before a person lowered it: a supervisor reads the file of what was an emergency.
alter table alert add column worst text;
