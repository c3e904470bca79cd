-- What a supervisor says of late answers, and the reports that are ordered, made and fetched.

-- Why an alert was answered after 180 s. It only grows: the last one counts, and the earlier ones stay to be read.
create table late_answer (
    alert_id text not null references alert,
    at timestamptz not null,
    by text not null,
    -- overload, staffing, system, line, handling, other
    reason text not null,
    text text not null,
    primary key (alert_id, at)
);

-- An order for a month's report: of one district, or of all that its orderer may see.
create table report_order (
    report_id bigint generated always as identity primary key,
    -- The first day of the month, by the centre's clock.
    month date not null,
    -- For the centre itself, or for others: there small counts are hidden.
    audience text not null check (audience in ('inside', 'outside')),
    language text not null,
    -- Ids of districts; the report of all of them together is the part with no id.
    districts text[] not null,
    ordered_by text not null,
    ordered_at timestamptz not null,
    -- What its numbers were counted from is what the log held at this moment.
    counted_at timestamptz,
    finished_at timestamptz,
    -- The catalogue's word for why it could not be made.
    failure text
);
create index report_order_waiting on report_order (report_id) where finished_at is null;

-- One district's report, or that of all: made one after the other, and each kept as soon as it is made.
create table report_part (
    report_id bigint not null references report_order on delete cascade,
    district_id text not null,
    made_at timestamptz not null default now(),
    pdf bytea not null,
    csv bytea not null,
    primary key (report_id, district_id)
);

-- A reading of one alert of the month's sample. It only grows.
create table quality_review (
    review_id bigint generated always as identity primary key,
    alert_id text not null references alert,
    month date not null,
    at timestamptz not null,
    by text not null,
    -- first: the sample's; second: the second look of a senior.
    look text not null check (look in ('first', 'second')),
    -- {"greeted": "yes", "asked": "no", ...}
    points jsonb not null,
    remark text not null
);
create index quality_review_alert on quality_review (alert_id, at);

create function report_row_only_grows() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;
create trigger late_answer_only_grows before update or delete or truncate on late_answer
    for each statement execute function report_row_only_grows();
create trigger quality_review_only_grows before update or delete or truncate on quality_review
    for each statement execute function report_row_only_grows();
