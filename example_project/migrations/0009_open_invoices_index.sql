-- no-transaction
create index concurrently invoices_due_on_open_idx on invoices (due_on) where state = 'open';
