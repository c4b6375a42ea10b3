-- Stored expressions that may name objects of a tenant's own, which a mark leaves out. The third is the place, the last
-- the relation's name.
-- Views are not among them: what they name is in their marks.
with wanted as (
    select c.oid, n.nspname, c.relname
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(%(schemas)s)
)
select w.oid, d.adbin::text, 'column ' || d.adnum, w.nspname, w.relname
from pg_catalog.pg_attrdef d join wanted w on w.oid = d.adrelid
where d.adbin::text ~ '[0-9]{5}| 2205 '
union all
select w.oid, i.indexprs::text, 'index ' || x.relname, w.nspname, w.relname
from pg_catalog.pg_index i
join wanted w on w.oid = i.indrelid
join pg_catalog.pg_class x on x.oid = i.indexrelid
where i.indexprs::text ~ '[0-9]{5}| 2205 '
union all
select w.oid, i.indpred::text, 'predicate ' || x.relname, w.nspname, w.relname
from pg_catalog.pg_index i
join wanted w on w.oid = i.indrelid
join pg_catalog.pg_class x on x.oid = i.indexrelid
where i.indpred::text ~ '[0-9]{5}| 2205 '
union all
select w.oid, k.conbin::text, 'check ' || k.conname, w.nspname, w.relname
from pg_catalog.pg_constraint k join wanted w on w.oid = k.conrelid
where k.contype = 'c' and k.conbin::text ~ '[0-9]{5}| 2205 '
union all
select w.oid, g.tgqual::text, 'trigger ' || g.tgname, w.nspname, w.relname
from pg_catalog.pg_trigger g join wanted w on w.oid = g.tgrelid
where not g.tgisinternal and g.tgqual::text ~ '[0-9]{5}| 2205 '
union all
select w.oid, e.tree, e.place || p.polname, w.nspname, w.relname
from pg_catalog.pg_policy p
join wanted w on w.oid = p.polrelid
cross join lateral (values (p.polqual::text, 'using '), (p.polwithcheck::text, 'with check ')) as e (tree, place)
where e.tree ~ '[0-9]{5}| 2205 '
