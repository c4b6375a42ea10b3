select nspname from pg_catalog.pg_namespace
where nspname !~ '^pg_' and nspname not in ('information_schema', 'errorbudget_provenance')
order by nspname
