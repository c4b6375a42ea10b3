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

-- What a finished build says is not changed any more.
create function keep_finished_build() returns trigger language plpgsql as $$
begin
    raise exception 'build % has finished', old.id;
end
$$;

create trigger statement_builds_finished before update on statement_builds
    for each row when (old.finished_at is not null) execute function keep_finished_build();

-- The service owns the table and sees every build; support sees those that have finished.
alter table statement_builds enable row level security;

create policy statement_builds_finished on statement_builds for select using (finished_at is not null);
