select coalesce(pg_catalog.pg_partition_root(t.tgrelid), t.tgrelid)::int8, t.tgtype::int4, l.lanname, p.prosrc
from pg_catalog.pg_trigger t
join pg_catalog.pg_proc p on p.oid = t.tgfoid
join pg_catalog.pg_language l on l.oid = p.prolang
where not t.tgisinternal and t.tgenabled <> 'D' and t.tgtype & 3 = 3
