-- The row types of tables and views, as `types.sql` gives types: a query can answer with a whole row of one.
with plain as (
    select t.oid, t.typname, n.nspname, t.typarray
    from pg_catalog.pg_class c
    join pg_catalog.pg_type t on t.oid = c.reltype
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    where c.relkind <> 'c' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
)
select p.oid, p.typname, p.nspname, 'c', 0::oid, -1, false, 0::oid, false
from plain p
union all
select p.typarray, p.typname, p.nspname, 'b', 0::oid, -1, false, p.oid, false
from plain p
where p.typarray <> 0
