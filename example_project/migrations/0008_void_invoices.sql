alter type invoice_state add value 'void';

alter table invoices
    add column voided_at timestamptz,
    add column void_reason text;
