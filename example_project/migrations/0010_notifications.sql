create table notification_channels (
    id uuid primary key default gen_random_uuid(),
    customer_id uuid not null references customers (id) on delete cascade,
    kind text not null check (kind in ('email', 'webhook')),
    target text not null,
    verified_at timestamptz,
    unique (customer_id, kind, target)
);

create table notifications (
    id bigint generated always as identity primary key,
    channel_id uuid not null references notification_channels (id) on delete cascade,
    subject text not null,
    payload jsonb not null default '{}',
    attempts smallint not null default 0,
    queued_at timestamptz not null default now(),
    sent_at timestamptz,
    error text
);

create index notifications_unsent_idx on notifications (queued_at) where sent_at is null;

create index notifications_channel_id_idx on notifications (channel_id);

create table deliveries (
    id bigint generated always as identity primary key,
    notification_id bigint not null references notifications (id) on delete cascade,
    status_code smallint,
    answer text,
    attempted_at timestamptz not null default now()
);

create index deliveries_notification_id_idx on deliveries (notification_id);
