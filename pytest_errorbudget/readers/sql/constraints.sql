-- NOT NULL is a property of the column, not a constraint of ours. One that was added NOT VALID (PostgreSQL 18) does not
-- keep NULLs out.
select k.conrelid, k.conname, k.contype::text, k.conkey::text, k.confrelid, k.confkey::text, k.convalidated,
       tn.nspname, t.relname, k.conbin::text
from pg_catalog.pg_constraint k
left join pg_catalog.pg_class t on t.oid = k.confrelid
left join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where k.conrelid = any(%(relations)s)
  and (k.contype in ('p', 'u', 'f', 'c', 'x') or k.contype = 'n' and not k.convalidated)
