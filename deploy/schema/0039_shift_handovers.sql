-- Shift handovers: what the outgoing operator prepared, what was read, and who signed for it.

create table shift_handover (
    handover_id text primary key,
    outgoing text not null,
    -- Since when the outgoing operator's shift is told of.
    since timestamptz not null,
    prepared_at timestamptz not null,
    -- One sentence for each alert that matters: {"<alert>": "..."}.
    sentences jsonb not null,
    note text not null,
    -- What both read, as it stood on the screen.
    draft jsonb not null,
    incoming text,
    signed_at timestamptz,
    -- The alerts that went from hand to hand.
    passed text[] not null default '{}',
    -- The signed paper.
    pdf bytea,
    constraint shift_handover_signed check ((incoming is null) = (signed_at is null)),
    constraint shift_handover_two check (incoming is distinct from outgoing)
);
-- One that is not signed yet is written over; at most one of each operator.
create unique index shift_handover_open on shift_handover (outgoing) where signed_at is null;
create index shift_handover_signed_at on shift_handover (signed_at) where signed_at is not null;

-- What was signed is not changed any more; only its paper is put to it, once.
create function shift_handover_keeps() returns trigger language plpgsql as $$
begin
    if old.signed_at is not null and (
        tg_op = 'DELETE' or old.pdf is not null
        or to_jsonb(new) - 'pdf' is distinct from to_jsonb(old) - 'pdf'
    ) then
        raise exception 'a signed handover is kept: % refused', tg_op using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger shift_handover_is_kept before update or delete on shift_handover
    for each row execute function shift_handover_keeps();
