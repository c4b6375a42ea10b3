create table request_events (
    event_id uuid primary key,
    tenant_id text not null,
    occurred_at timestamptz not null,
    service text not null,
    route text not null,
    status integer not null,
    latency_ms integer not null,
    error_code text
);

create index request_events_occurred_at_idx on request_events (occurred_at);

create table usage_daily (
    customer_id uuid not null references customers (id),
    day date not null,
    meter text not null,
    quantity bigint not null default 0,
    primary key (customer_id, day, meter)
);
