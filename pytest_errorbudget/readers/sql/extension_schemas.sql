-- The schemas in which extensions are installed, save those in which any query finds them.
select distinct n.nspname
from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
where n.nspname not in ('public', 'pg_catalog')
order by n.nspname
