-- Of how many relations of the schemas the columns were looked at, and how many of these are unlike all others.
\ir mark_parts.sql
select count(*), count(distinct mark) from (select bit_xor(mark) as mark from columns group by oid) as relation
