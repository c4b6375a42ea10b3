-- The members of composite types, not of the row types of tables. A type without members has one row of nulls.
-- 1247 is pg_type, 3079 pg_extension: these numbers are the same on every server.
select n.nspname, c.relname, a.attname, a.atttypid, a.atttypmod
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind = 'c'
  and n.nspname not in ('pg_catalog', 'information_schema')
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 1247 and d.objid = c.reltype and d.refclassid = 3079 and d.deptype = 'e'
  )
order by c.oid, a.attnum
