create table invoice_lines (
    id bigint generated always as identity primary key,
    invoice_id bigint not null references invoices (id) on delete cascade,
    line_no integer not null,
    description text not null,
    quantity integer not null default 1,
    unit_cents integer not null,
    unique (invoice_id, line_no)
);
