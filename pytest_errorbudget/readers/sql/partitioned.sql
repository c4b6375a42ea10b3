-- Partitioned tables with the columns of their keys, and partitions with their bounds; an expression is a null.
select c.oid, n.nspname, c.relname, c.relkind::text, c.relispartition, i.inhparent, i.inhdetachpending,
       c.relpartbound::text,
       (
           select array_agg(a.attname::text order by k.position)
           from unnest(p.partattrs::int2[]) with ordinality as k (number, position)
           left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.number and k.number <> 0
       )
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and c.relispartition
left join pg_catalog.pg_partitioned_table p on p.partrelid = c.oid
where c.relkind = 'p' or (c.relispartition and c.relkind in ('r', 'f'))
order by n.nspname, c.relname
