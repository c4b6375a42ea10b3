-- Expressions of columns: defaults, and what columns are generated from.
select d.adrelid, d.adnum, d.adbin::text
from pg_catalog.pg_attrdef d
where d.adrelid = any(%(relations)s)
