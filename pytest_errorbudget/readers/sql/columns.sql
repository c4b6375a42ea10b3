-- The columns of each relation in attribute order, as one text that many relations share: an array, of each column its
-- number, type, modifier, whether NULLs are kept out, collation, identity, generation and, last, its name.
select a.attrelid,
       array_agg(concat_ws('/', a.attnum, a.atttypid, a.atttypmod, a.attnotnull, a.attcollation, a.attidentity,
                           a.attgenerated, a.attname) order by a.attnum)::text
from pg_catalog.pg_attribute a
where a.attrelid = any(%(relations)s)
  and a.attnum > 0
  and not a.attisdropped
group by a.attrelid
