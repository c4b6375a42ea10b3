-- Columns of tables outside of the schemas to which a foreign key points.
select a.attrelid, a.attnum, a.attname
from pg_catalog.pg_attribute a
where a.attrelid = any(%(relations)s) and a.attnum > 0
