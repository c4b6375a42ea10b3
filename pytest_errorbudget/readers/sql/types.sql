-- Types by object id, arrays by their elements. The row types of tables are left out (there is one per table).
-- The last column says that an extension brings the type.
-- 750 is array_in, 1247 pg_type, 3079 pg_extension: these numbers are the same on every server.
with brought as materialized (
    select d.objid from pg_catalog.pg_depend d where d.refclassid = 3079 and d.classid = 1247 and d.deptype = 'e'
), plain as (
    select t.oid, t.typname, t.typnamespace, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull, t.typarray
    from pg_catalog.pg_type t
    where t.typtype <> 'c' and t.typinput::oid <> 750
    union all
    select t.oid, t.typname, t.typnamespace, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull, t.typarray
    from pg_catalog.pg_class c join pg_catalog.pg_type t on t.oid = c.reltype
    where c.relkind = 'c'
)
select p.oid, p.typname, n.nspname, p.typtype::text, p.typbasetype, p.typtypmod, p.typnotnull, 0::oid,
       p.oid in (select objid from brought)
from plain p join pg_catalog.pg_namespace n on n.oid = p.typnamespace
union all
select p.typarray, p.typname, n.nspname, 'b', 0::oid, -1, false, p.oid,
       p.oid in (select objid from brought)
from plain p join pg_catalog.pg_namespace n on n.oid = p.typnamespace
where p.typarray <> 0
