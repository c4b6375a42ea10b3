-- Key columns are attribute numbers, 0 for the next expression; those behind the number of keys are only stored.
-- Vectors come as their texts, most of which are alike. `indnullsnotdistinct` came with PostgreSQL 15.
select i.indrelid, x.relname, i.indkey::text, i.indnkeyatts, i.indisunique, i.indisprimary,
       i.indisvalid and i.indisready, i.indexprs::text, i.indpred::text, m.amname,
       case when i.indisunique and not i.indisprimary
            then coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) else false end,
       i.indclass::text, i.indcollation::text, i.indoption::text
from pg_catalog.pg_index i
join pg_catalog.pg_class x on x.oid = i.indexrelid
join pg_catalog.pg_am m on m.oid = x.relam
where i.indrelid = any(%(relations)s)
