-- Triggers that somebody made; those behind foreign keys, and the copies that partitions have, are PostgreSQL's own.
-- A function that an extension brings goes by `public`, wherever the extension is installed.
-- 1255 is pg_proc, 3079 pg_extension: these numbers are the same on every server.
select g.tgrelid, g.tgname, p.proname, case when e.objid is null then n.nspname else 'public' end,
       g.tgtype, g.tgenabled::text, g.tgattr::int2[], g.tgqual::text, g.tgargs, g.tgconstraint <> 0,
       g.tgdeferrable, g.tginitdeferred, g.tgoldtable, g.tgnewtable
from pg_catalog.pg_trigger g
join pg_catalog.pg_proc p on p.oid = g.tgfoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
left join pg_catalog.pg_depend e
    on e.classid = 1255 and e.objid = p.oid and e.refclassid = 3079 and e.deptype = 'e'
where g.tgrelid = any(%(relations)s) and not g.tgisinternal
