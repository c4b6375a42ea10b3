-- An integer ends at 21,474,836.47. Rolled out tenant by tenant: the table is rewritten under a lock.
alter table invoices alter column amount_cents type bigint;
