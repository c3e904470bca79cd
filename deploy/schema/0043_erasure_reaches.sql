-- An erasure, and the end of a retention, reach what people wrote of a resident elsewhere: the steps of referrals, the
-- reasons of late answers, the remarks of samples and signed handovers. Everybody else still finds them append-only.

-- Both say so in their own transaction.
create function is_erasing() returns boolean language sql stable as $$
    select coalesce(current_setting('dolbom.erasure', true), '') = 'on'
$$;

create or replace function referral_log_refuses() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and is_erasing() then
        if to_jsonb(new) - 'text' = to_jsonb(old) - 'text' and new.text = '' then
            return new;
        end if;
    end if;
    raise exception 'referral_log is append-only: % refused', tg_op using errcode = 'restrict_violation';
end $$;

-- A row is looked at now, not only the statement: its text may be emptied, and nothing else of it.
create or replace function report_row_only_grows() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and tg_level = 'ROW' and is_erasing() then
        if to_jsonb(new) - '{text,remark}'::text[] = to_jsonb(old) - '{text,remark}'::text[]
            and coalesce(to_jsonb(new) ->> 'text', '') || coalesce(to_jsonb(new) ->> 'remark', '') = '' then
            return new;
        end if;
    end if;
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;
drop trigger late_answer_only_grows on late_answer;
drop trigger quality_review_only_grows on quality_review;
create trigger late_answer_only_grows before update or delete on late_answer
    for each row execute function report_row_only_grows();
create trigger late_answer_is_not_emptied before truncate on late_answer
    for each statement execute function report_row_only_grows();
create trigger quality_review_only_grows before update or delete on quality_review
    for each row execute function report_row_only_grows();
create trigger quality_review_is_not_emptied before truncate on quality_review
    for each statement execute function report_row_only_grows();

-- A signed handover keeps who signed, when, and for which alerts; its paper is printed anew from what is left.
create or replace function shift_handover_keeps() returns trigger language plpgsql as $$
begin
    if old.signed_at is not null and is_erasing() then
        if tg_op = 'DELETE' then
            return old;
        end if;
        if to_jsonb(new) - '{sentences,note,draft,pdf}'::text[] = to_jsonb(old) - '{sentences,note,draft,pdf}'::text[] then
            return new;
        end if;
    end if;
    if old.signed_at is not null and (
        tg_op = 'DELETE' or old.pdf is not null
        or to_jsonb(new) - 'pdf' is distinct from to_jsonb(old) - 'pdf'
    ) then
        raise exception 'a signed handover is kept: % refused', tg_op using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;

-- A text without a resident's name and address; what is too short to be a name stays, for it would be found everywhere.
-- In the text of JSON a quotation mark is written otherwise than in a name: so both are looked for as JSON writes them.
create function without(said text, name text, address text) returns text language sql immutable as $$
    select replace(replace(said,
        case when length(address) > 3 then substr(to_json(address)::text, 2, length(to_json(address)::text) - 2) else '' end, '—'),
        case when length(name) > 1 then substr(to_json(name)::text, 2, length(to_json(name)::text) - 2) else '' end, '—')
$$;
