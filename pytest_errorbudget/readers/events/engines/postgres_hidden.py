"""Whether row-level security hides rows of a table or view from the role that counts: then it would count in part.

A view reads with the rights of its owner, or of who asks (``security_invoker``); a materialized view holds what its
owner saw. So policies are looked for on every relation below, for the role that reads it. What the catalogue does not
show (functions that a view calls) shows while counting, where the server is told to refuse rather than to filter.
"""

from __future__ import annotations

import psycopg

from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.paths import events_problem
from pytest_errorbudget.readers.events.tally import Row

REFUSE = "set local row_security = off"
"""The server refuses a query of which a policy would hide rows."""
# Every relation below whose policies are active for the role that reads it, and whether they hide rows: no permissive
# policy shows all, or a restrictive one does not.
_POLICIES = """
with recursive below as (
    select c.oid, r.oid as reader, r.oid as asking
    from pg_catalog.pg_class c, pg_catalog.pg_roles r
    where c.oid = %(oid)s and r.rolname = current_user
    union
    select d.refobjid, case when rights.invoker then below.asking else v.relowner end,
        case when v.relkind = 'm' then v.relowner else below.asking end
    from below
    join pg_catalog.pg_class v on v.oid = below.oid and v.relkind in ('v', 'm')
    cross join lateral (select v.relkind = 'v' and exists (
        select from pg_catalog.pg_options_to_table(v.reloptions) o
        where o.option_name = 'security_invoker' and o.option_value::boolean)) rights (invoker)
    join pg_catalog.pg_rewrite w on w.ev_class = v.oid
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> v.oid)
select case when c.oid = %(oid)s then '' else quote_ident(n.nspname) || '.' || quote_ident(c.relname) end,
    not shown or narrowed
from below
join pg_catalog.pg_class c on c.oid = below.oid and c.relrowsecurity
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_roles r on r.oid = below.reader and not r.rolsuper and not r.rolbypassrls
cross join lateral (
    select coalesce(bool_or(p.polpermissive and everything), false) as shown,
        coalesce(bool_or(not p.polpermissive and not everything), false) as narrowed
    from pg_catalog.pg_policy p
    cross join lateral (select coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') = 'true') e (everything)
    where p.polrelid = c.oid and p.polcmd in ('r', '*')
        and exists (select from unnest(p.polroles) to_role
            where to_role = 0 or pg_catalog.pg_has_role(r.oid, to_role, 'usage'))) policies
where c.relforcerowsecurity or not pg_catalog.pg_has_role(r.oid, c.relowner, 'usage')
order by 1, 2
"""


def guards(connection: psycopg.Connection[Row], source: EventSource, oid: int) -> tuple[str, ...]:
    """What to set for counting, so that no row is hidden in silence. Raises ``Unreadable`` where rows are hidden.

    A policy that shows every row is a filter to the server too, so that beside one it cannot be told to refuse.
    """
    active = connection.execute(_POLICIES, {"oid": oid}).fetchall()
    hiding = [name for name, hides in active if hides]
    if hiding:
        security = f"row-level security of `{hiding[0]}`" if hiding[0] else "row-level security"
        raise Unreadable(
            events_problem(
                source,
                f"{security} hides rows of `{source.paths[0]}` from the role of `url`: the events `{source.name}` "
                "would be counted in part",
                "give the role that reads it (a view's owner, where a view does) a policy `using (true)` or BYPASSRLS",
            )
        )
    return () if active else (REFUSE,)
