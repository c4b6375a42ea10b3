select k.conrelid::int8, k.confrelid::int8, k.conkey::int4[], k.confkey::int4[]
from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.confrelid
where k.contype = 'f' and k.convalidated and k.conenforced and not k.condeferrable and not c.relrowsecurity
