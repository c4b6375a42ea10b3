select p.oid::int8, p.proname, p.proisstrict, p.proretset,
       p.pronamespace = 'pg_catalog'::regnamespace
           and not p.proargtypes::oid[] && array[600, 601, 602, 603, 604, 628, 718]::oid[],
       p.prosrc, coalesce(p.proargtypes[0] in (114, 3802), false)
from pg_catalog.pg_proc p
where p.oid = any(%(ids)s::int8[])
