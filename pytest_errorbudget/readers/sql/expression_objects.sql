-- What the object ids inside stored expressions are called. The members of extensions go by `public`, wherever these
-- are installed.
-- 1255 is pg_proc, 1259 pg_class, 2617 pg_operator, 3079 pg_extension, 3456 pg_collation: these numbers are the same on
-- every server.
with brought as materialized (
    select d.classid, d.objid
    from pg_catalog.pg_depend d
    where d.refclassid = 3079 and d.classid in (1255, 1259, 2617, 3456) and d.deptype = 'e'
)
select 'function', p.oid,
       case when (1255, p.oid) in (select * from brought) then 'public' else n.nspname end, p.proname
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.oid = any(%(functions)s)
union all
select 'operator', o.oid,
       case when (2617, o.oid) in (select * from brought) then 'public' else n.nspname end, o.oprname
from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
where o.oid = any(%(operators)s)
union all
select 'relation', c.oid,
       case when (1259, c.oid) in (select * from brought) then 'public' else n.nspname end, c.relname
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = any(%(relations)s)
union all
select 'collation', l.oid,
       case when (3456, l.oid) in (select * from brought) then 'public' else n.nspname end, l.collname
from pg_catalog.pg_collation l join pg_catalog.pg_namespace n on n.oid = l.collnamespace
where l.oid = any(%(collations)s)
