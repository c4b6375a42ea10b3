select distinct i.indrelid::int8, i.indkey[0]::int4
from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
where i.indisvalid and i.indkey[0] > 0
