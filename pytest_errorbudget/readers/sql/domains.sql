-- Checks of domains, a row each; a domain without any has one row. The default is the domain's own.
select t.oid, t.typdefaultbin::text, k.conbin::text
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_constraint k on k.contypid = t.oid and k.contype = 'c'
where t.typtype = 'd' and n.nspname not in ('pg_catalog', 'information_schema')
