-- What few relations have: row-level security, and the query of a view.
select c.oid, c.relrowsecurity, c.relforcerowsecurity, w.ev_action::text
from pg_catalog.pg_class c
left join pg_catalog.pg_rewrite w on w.ev_class = c.oid and w.rulename = '_RETURN' and c.relkind in ('v', 'm')
where c.oid = any(%(relations)s) and (c.relrowsecurity or c.relforcerowsecurity or w.oid is not null)
