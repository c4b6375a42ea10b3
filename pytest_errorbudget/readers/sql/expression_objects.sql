-- What the object ids inside stored expressions are called.
select 'function', p.oid, n.nspname, p.proname
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.oid = any(%(functions)s)
union all
select 'operator', o.oid, n.nspname, o.oprname
from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
where o.oid = any(%(operators)s)
union all
select 'relation', c.oid, n.nspname, c.relname
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = any(%(relations)s)
union all
select 'collation', l.oid, n.nspname, l.collname
from pg_catalog.pg_collation l join pg_catalog.pg_namespace n on n.oid = l.collnamespace
where l.oid = any(%(collations)s)
