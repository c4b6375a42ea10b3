-- Where the migration tool keeps its table.
select n.nspname
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relname = %(bookkeeping)s and c.relkind in ('r', 'p')
order by n.nspname
