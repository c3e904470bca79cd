-- Other systems: their tokens, and what a request with an idempotency key was answered.

create table api_token (
    -- Part of the token, and its name in every log; never given again.
    token_id text primary key check (token_id ~ '^[a-z0-9][a-z0-9-]{1,31}$'),
    -- Which system it is.
    name text not null,
    -- SHA-256 of the secret, which is 256 bits of chance.
    digest bytea not null,
    scopes text[] not null,
    -- Ids of districts; none means every district.
    districts text[] not null default '{}',
    per_minute integer not null check (per_minute > 0),
    given_at timestamptz not null default now(),
    given_by text not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    taken_at timestamptz,
    taken_by text
);

-- One row per request that named a key: the same key again gets the same answer, for a day.
create table api_answer (
    token_id text not null references api_token,
    key text not null,
    -- Digest of method, path and body: a key is for one request.
    request bytea not null,
    -- While nothing is answered, whoever has it in hand must be done by then.
    until_at timestamptz not null,
    status integer,
    headers jsonb,
    body bytea,
    at timestamptz not null default now(),
    primary key (token_id, key)
);
create index api_answer_at on api_answer (at);
