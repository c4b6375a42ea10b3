-- Triggers that somebody made; those behind foreign keys, and the copies that partitions have, are PostgreSQL's own.
select g.tgrelid, g.tgname, p.proname, n.nspname, g.tgtype, g.tgenabled::text, g.tgattr::int2[], g.tgqual::text,
       g.tgargs, g.tgconstraint <> 0, g.tgdeferrable, g.tginitdeferred, g.tgoldtable, g.tgnewtable
from pg_catalog.pg_trigger g
join pg_catalog.pg_proc p on p.oid = g.tgfoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where g.tgrelid = any(%(relations)s) and not g.tgisinternal
