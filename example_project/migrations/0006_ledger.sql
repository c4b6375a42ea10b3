create table ledger_accounts (
    id uuid primary key default gen_random_uuid(),
    code text not null unique,
    name text not null,
    kind text not null check (kind in ('asset', 'liability', 'income', 'expense')),
    archived boolean not null default false
);

create table ledger_entries (
    id bigint generated always as identity primary key,
    account_id uuid not null references ledger_accounts (id),
    payment_id uuid references payments (id),
    amount_cents bigint not null,
    memo text,
    booked_at timestamptz not null default now()
);

create index ledger_entries_account_id_booked_at_idx on ledger_entries (account_id, booked_at);

create index ledger_entries_payment_id_idx on ledger_entries (payment_id);
