select distinct i.inhparent::int8
from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhparent
where c.relkind <> 'p'
