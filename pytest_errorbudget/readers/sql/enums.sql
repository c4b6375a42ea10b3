-- Every label with its own object id: stored expressions name labels by it. An enum without labels has one row of nulls.
select e.oid, t.oid, e.enumlabel, t.typname, n.nspname
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_enum e on e.enumtypid = t.oid
where t.typtype = 'e'
order by t.oid, e.enumsortorder
