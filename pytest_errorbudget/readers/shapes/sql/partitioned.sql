-- Every partitioned table that is no partition itself, with its leaves, and the keys and bounds of all levels.
select
    root.oid::int8,
    space.nspname,
    root.relname,
    partitioned.partstrat::text,
    array(
        select distinct substring(pg_get_partkeydef(part.relid) from '^[A-Z]+ \((.*)\)$')
        from pg_partition_tree(root.oid) as part
        where not part.isleaf
        order by 1
    ) as keys,
    array(
        select type.typcategory::text
        from unnest(partitioned.partattrs::int2[]) with ordinality as key (number, place)
        join pg_attribute as attribute on attribute.attrelid = root.oid and attribute.attnum = key.number
        join pg_type as type on type.oid = attribute.atttypid
        order by key.place
    ) as categories,
    array(
        select leaf.relid::oid::int8 from pg_partition_tree(root.oid) as leaf where leaf.isleaf order by 1
    ) as leaves,
    array(select part.relid::oid::int8 from pg_partition_tree(root.oid) as part order by 1) as parts,
    array(
        select pg_get_expr(bound.relpartbound, bound.oid)
        from pg_partition_tree(root.oid) as part
        join pg_class as bound on bound.oid = part.relid
        where bound.relpartbound is not null
        order by 1
    ) as bounds,
    array_length(partitioned.partattrs::int2[], 1)
from pg_partitioned_table as partitioned
join pg_class as root on root.oid = partitioned.partrelid
join pg_namespace as space on space.oid = root.relnamespace
where not root.relispartition
order by space.nspname, root.relname
