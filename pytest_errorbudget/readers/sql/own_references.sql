-- Foreign keys inside of one schema: the referenced columns are known by number, so their names matter as well.
select k.conrelid, k.confrelid
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype = 'f' and n.nspname = any(%(schemas)s)
