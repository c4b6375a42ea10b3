-- Types by object id: an array names its element. The row types of tables are left out (there is one per table).
select t.oid, t.typname, n.nspname, t.typtype::text, t.typbasetype, t.typtypmod, t.typnotnull,
       coalesce(e.oid, 0::oid)
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_type e on e.typarray = t.oid
left join pg_catalog.pg_class rows on rows.oid = coalesce(nullif(t.typrelid, 0), e.typrelid)
where rows.oid is null or rows.relkind = 'c'
