-- Tables, views and partitions of the schemas, without what belongs to an extension.
-- 1259 is pg_class, 3079 pg_extension: these numbers are the same on every server.
select c.oid, n.nspname, c.relname, c.relkind::text, c.relispartition
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(%(schemas)s)
  and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and c.relname <> %(bookkeeping)s
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 1259 and d.objid = c.oid and d.refclassid = 3079 and d.deptype = 'e'
  )
