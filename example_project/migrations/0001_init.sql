-- Every tenant has this schema to itself: names are unqualified, and search_path says whose it is.

create domain currency_code as text check (value ~ '^[A-Z]{3}$');

create type invoice_state as enum ('draft', 'open', 'paid');

create table customers (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    email text not null,
    country char(2),
    created_at timestamptz not null default now()
);

create unique index customers_email_key on customers (lower(email));

create table invoices (
    id bigint generated always as identity primary key,
    customer_id uuid not null references customers (id),
    number text not null unique,
    state invoice_state not null default 'draft',
    currency currency_code not null default 'EUR',
    amount_cents integer not null,
    issued_at timestamptz,
    due_on date,
    created_at timestamptz not null default now()
);

create index invoices_customer_id_idx on invoices (customer_id);
