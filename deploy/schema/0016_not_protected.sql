-- Homes that are not protected are asked for every few seconds, in a table that never shrinks.
create index if not exists finding_heard_protection on finding_heard (home_id) where hazard = 'protection' and phase <> 'ended';
