-- Every label with its own object id: stored expressions name labels by it.
select e.oid, e.enumtypid, e.enumlabel, t.typname, n.nspname
from pg_catalog.pg_enum e
join pg_catalog.pg_type t on t.oid = e.enumtypid
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
order by e.enumtypid, e.enumsortorder
