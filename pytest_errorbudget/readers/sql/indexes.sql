-- Key columns are attribute numbers, 0 for the next expression; those behind the number of keys are only stored. What
-- most indexes have alike comes as one text: number of keys, whether unique, primary, valid, and NULLs equal, operator
-- classes, collations and orders of the keys, and, last, the access method.
-- `indnullsnotdistinct` came with PostgreSQL 15.
select i.indrelid, x.relname, i.indkey::text,
       concat_ws('/', i.indnkeyatts, i.indisunique, i.indisprimary, i.indisvalid and i.indisready,
                 case when i.indisunique and not i.indisprimary
                      then coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
                      else false end,
                 i.indclass, i.indcollation, i.indoption, m.amname),
       i.indexprs::text, i.indpred::text
from pg_catalog.pg_index i
join pg_catalog.pg_class x on x.oid = i.indexrelid
join pg_catalog.pg_am m on m.oid = x.relam
where i.indrelid = any(%(relations)s)
