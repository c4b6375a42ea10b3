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
