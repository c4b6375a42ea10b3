select r.ev_class::int8, r.ev_action::text
from pg_catalog.pg_rewrite r join pg_catalog.pg_class c on c.oid = r.ev_class
where c.relkind = 'm' and r.rulename = '_RETURN'
