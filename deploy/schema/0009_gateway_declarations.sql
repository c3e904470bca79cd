-- What gateways said of their own words (a discovery, a birth), so that a bridge that starts or takes over knows them.

create table gateway_declaration (
    home_id text not null references home on delete cascade,
    -- The decoder whose words these are, and what they are about in it.
    dialect text not null,
    name text not null,
    -- In the decoder's own shape.
    meaning bytea not null,
    -- When the gateway said so; an older word of a bridge that was slow never covers a newer one.
    declared_at timestamptz not null,
    primary key (home_id, dialect, name)
);
