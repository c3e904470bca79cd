-- A second cry for help: nobody closes the case who has not seen it, and when the case last rang for one.

alter table alert
    add column cried_version integer not null default 0,
    add column cry_rang_at timestamptz;
