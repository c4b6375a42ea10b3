create table payments (
    id uuid primary key default gen_random_uuid(),
    invoice_id bigint not null references invoices (id),
    amount_cents bigint not null,
    method text not null,
    reference text,
    received_at timestamptz not null default now()
);

create index payments_invoice_id_idx on payments (invoice_id);

create table refunds (
    id uuid primary key default gen_random_uuid(),
    payment_id uuid not null references payments (id),
    amount_cents bigint not null,
    reason text,
    created_at timestamptz not null default now()
);

create index refunds_payment_id_idx on refunds (payment_id);

create type dispute_state as enum ('open', 'won', 'lost');

create table disputes (
    id uuid primary key default gen_random_uuid(),
    payment_id uuid not null references payments (id),
    state dispute_state not null default 'open',
    reason text not null,
    amount_cents bigint not null,
    opened_at timestamptz not null default now(),
    closed_at timestamptz
);

create index disputes_payment_id_idx on disputes (payment_id);

create index disputes_opened_at_idx on disputes (opened_at);
