create table statements (
    id uuid primary key default gen_random_uuid(),
    customer_id uuid not null references customers (id),
    period_start date not null,
    period_end date not null,
    pages integer not null default 0,
    created_at timestamptz not null default now(),
    check (period_end > period_start),
    unique (customer_id, period_start)
);

create table statement_builds (
    id bigint generated always as identity primary key,
    statement_id uuid not null references statements (id) on delete cascade,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    duration_seconds double precision,
    outcome text
);

create index statement_builds_statement_id_idx on statement_builds (statement_id);
