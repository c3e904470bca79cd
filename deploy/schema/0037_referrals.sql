-- Referrals: a resident is referred to a service of the programme, and what came of it.

create table referral (
    referral_id text primary key,
    home_id text not null,
    -- Where the home was when it was referred: the month's meeting of that dong counts it.
    district_id text not null,
    -- The alert that showed the need; null: seen on another occasion.
    alert_id text,
    service text not null,
    provider text not null,
    state text not null check (
        state in ('requested', 'received', 'in_service', 'completed', 'declined', 'cancelled')
    ),
    version integer not null,
    -- The day by which the service should have done its work.
    due_on date not null,
    asked_at timestamptz not null,
    asked_by text not null,
    ended_at timestamptz,
    outcome text,
    -- 1 to 5; null: the resident was not asked.
    satisfaction smallint check (satisfaction between 1 and 5),
    constraint referral_ended check ((ended_at is not null) = (state in ('completed', 'declined', 'cancelled'))),
    constraint referral_outcome check ((outcome is not null) = (state = 'completed')),
    constraint referral_satisfaction check (satisfaction is null or state = 'completed')
);
create index referral_home on referral (home_id, asked_at);
create index referral_alert on referral (alert_id) where alert_id is not null;
create index referral_due on referral (due_on) where ended_at is null;
create index referral_district on referral (district_id, asked_at);

-- One line per step of a referral, in the order of its versions. It only grows.
create table referral_log (
    referral_id text not null references referral,
    version integer not null,
    at timestamptz not null,
    by text not null,
    act text not null,
    state text not null,
    text text not null default '',
    primary key (referral_id, version)
);
create function referral_log_refuses() returns trigger language plpgsql as $$
begin
    raise exception 'referral_log is append-only: % refused', tg_op using errcode = 'restrict_violation';
end $$;
create trigger referral_log_only_grows before update or delete on referral_log
    for each row execute function referral_log_refuses();
create trigger referral_log_is_not_emptied before truncate on referral_log
    for each statement execute function referral_log_refuses();
