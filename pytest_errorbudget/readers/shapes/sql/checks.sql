select k.conrelid::int8, k.conbin::text
from pg_catalog.pg_constraint k
where k.contype = 'c' and k.convalidated and k.conenforced and k.conrelid <> 0
  and k.conbin::text like '%NULLTEST%'
  and not (k.connoinherit and exists (select from pg_catalog.pg_inherits i where i.inhparent = k.conrelid))
