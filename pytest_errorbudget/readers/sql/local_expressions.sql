-- Stored expressions that may name objects of a tenant's own, which a mark leaves out. The third is the place.
select d.adrelid, d.adbin::text, 'column ' || d.adnum
from pg_catalog.pg_attrdef d
join pg_catalog.pg_class c on c.oid = d.adrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
where n.nspname = any(%(schemas)s) and a.attgenerated = '' and d.adbin::text ~ '[0-9]{5}| 2205 '
union all
select i.indrelid, i.indexprs::text, 'index ' || x.relname
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class x on x.oid = i.indexrelid
where n.nspname = any(%(schemas)s) and i.indexprs::text ~ '[0-9]{5}| 2205 '
