select o.oid::int8, o.oprname from pg_catalog.pg_operator o
where o.oid = any(%(ids)s::int8[]) and o.oprnamespace = 'pg_catalog'::regnamespace
