-- Columns in attribute order. A NOT NULL that was added NOT VALID (PostgreSQL 18) does not keep NULLs out.
select a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod,
       a.attnotnull and unproven.conrelid is null,
       a.attidentity::text, a.attgenerated::text, d.adbin::text, a.attcollation
from pg_catalog.pg_attribute a
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join (
    select conrelid, conkey[1] as attnum from pg_catalog.pg_constraint where contype = 'n' and not convalidated
) unproven on unproven.conrelid = a.attrelid and unproven.attnum = a.attnum
where a.attrelid = any(%(relations)s)
  and a.attnum > 0
  and not a.attisdropped
order by a.attrelid, a.attnum
