select n.oid, n.nspname from pg_catalog.pg_namespace n where n.nspname = any(%(schemas)s)
