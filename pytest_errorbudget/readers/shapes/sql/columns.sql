select a.attrelid::int8, a.attnum::int4, n.nspname, c.relname, c.relkind::text, a.attname,
       c.relkind in ('r', 'p') and (t.typnotnull or a.attnotnull and not exists (
           select from pg_catalog.pg_constraint k
           where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum
             and (not k.convalidated or k.connoinherit and exists (
                 select from pg_catalog.pg_inherits i where i.inhparent = a.attrelid)))),
       a.attgenerated <> ''
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_type t on t.oid = a.atttypid
where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
