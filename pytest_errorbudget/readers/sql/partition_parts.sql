-- Indexes and constraints of partitions, and those of their parents of which they are the parts.
select i.indrelid, x.relname, 'index', i.indexrelid, coalesce(h.inhparent, 0::oid)
from pg_catalog.pg_index i
join pg_catalog.pg_class x on x.oid = i.indexrelid
left join pg_catalog.pg_inherits h on h.inhrelid = i.indexrelid
where i.indrelid = any(%(relations)s)
union all
select k.conrelid, k.conname, 'constraint', k.oid, k.conparentid
from pg_catalog.pg_constraint k
where k.conrelid = any(%(relations)s)
