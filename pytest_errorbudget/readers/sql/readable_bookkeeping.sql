-- Of these tables, those that this role may read. (Privileges are the newest ones: they need no snapshot.)
select n.nspname
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relname = %(bookkeeping)s and c.relkind in ('r', 'p') and n.nspname = any(%(schemas)s)
  and pg_catalog.has_schema_privilege(n.oid, 'usage')
  and pg_catalog.has_table_privilege(c.oid, 'select')
order by n.nspname
