-- A roster that was changed on the console's page since a street file last wrote it: an import keeps the page's edit.

-- null: as the last street file wrote it. Code of before this file leaves it alone.
alter table roster add column edited_at timestamptz;
