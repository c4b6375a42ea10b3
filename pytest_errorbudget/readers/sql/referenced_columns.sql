-- Columns of tables that were not asked for, and that foreign keys, views or policies of those name.
select a.attrelid, a.attnum, a.attname
from pg_catalog.pg_attribute a
where a.attrelid = any(%(relations)s) and a.attnum > 0
