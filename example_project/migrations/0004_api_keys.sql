create table api_keys (
    id uuid primary key default gen_random_uuid(),
    customer_id uuid not null references customers (id) on delete cascade,
    prefix text not null,
    hash bytea not null,
    scopes text[] not null default '{}',
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null default now()
);

create unique index api_keys_prefix_key on api_keys (prefix);

create index api_keys_live_idx on api_keys (customer_id) where revoked_at is null;

create view active_api_keys as
select id, customer_id, prefix, scopes, last_used_at, created_at
from api_keys
where revoked_at is null;

create index api_keys_customer_id_idx on api_keys (customer_id);
