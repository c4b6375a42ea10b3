-- Key columns are attribute numbers, 0 for the next expression; columns that are only included are cut off.
select i.indrelid, x.relname, i.indkey::int2[], i.indnkeyatts, i.indisunique, i.indisprimary,
       i.indisvalid and i.indisready, i.indexprs::text, i.indpred is not null, m.amname
from pg_catalog.pg_index i
join pg_catalog.pg_class x on x.oid = i.indexrelid
join pg_catalog.pg_am m on m.oid = x.relam
where i.indrelid = any(%(relations)s)
