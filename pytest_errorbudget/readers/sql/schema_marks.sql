-- A mark for every schema that holds a relation: equal ones hold the same relations.
\ir mark_parts.sql
select namespace, bit_xor(mark)
from (
    select namespace, mark from wanted
    union all select namespace, mark from columns
    union all select namespace, mark from defaults
    union all select namespace, mark from indexes
    union all select namespace, mark from constraints
    union all select namespace, mark from triggers
    union all select namespace, mark from policies
    union all select namespace, mark from views
) as part
group by namespace
