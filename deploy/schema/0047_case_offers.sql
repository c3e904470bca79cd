-- A case that is offered to a colleague: it stays with the giver until the colleague says yes, and when the offer ends
-- without one.

create table case_offer (
    offer_id bigint generated always as identity primary key,
    alert_id text not null,
    giver text not null,
    taker text not null,
    offered_at timestamptz not null default now(),
    ends_at timestamptz not null,
    -- accepted, declined, withdrawn or lapsed; null: it is open.
    ended text check (ended in ('accepted', 'declined', 'withdrawn', 'lapsed')),
    ended_at timestamptz,
    check ((ended is null) = (ended_at is null))
);

-- Nobody is offered what is offered to somebody else.
create unique index case_offer_open on case_offer (alert_id) where ended is null;
create index case_offer_late on case_offer (ended_at);
