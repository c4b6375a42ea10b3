-- The schemas, of those asked for, that hold a sequence which ends before `bigint` does. Reads the catalogue alone: no
-- sequence is locked. 1259 is pg_class; 21 and 23 are int2 and int4.
select distinct n.nspname
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_depend d
    on d.classid = 1259 and d.objid = c.oid and d.refclassid = 1259 and d.refobjsubid > 0 and d.deptype in ('a', 'i')
left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where n.nspname = any(%(schemas)s) and s.seqincrement > 0 and not s.seqcycle
  and least(s.seqmax, case a.atttypid when 21 then 32767 when 23 then 2147483647 else s.seqmax end)
      < 9223372036854775807
order by 1
