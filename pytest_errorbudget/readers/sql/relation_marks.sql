-- A mark for every relation. Relations with equal marks are alike, and come as one row: its last column but one lists
-- them in no order, each with its schema. The fourth is the mark of the columns alone, and the fifth names relations of
-- the same schema whose columns foreign keys and views name by number.
\ir mark_parts.sql
, marked as (
    select w.oid, w.namespace, w.relname::text as name, w.relkind::text as kind, w.relispartition, c.mark,
           coalesce(k.targets, v.targets) as targets,
           hash_record_extended(row(w.mark, c.mark, d.mark, i.mark, coalesce(k.mark, v.mark),
                                    coalesce(k.targets, v.targets), g.mark, p.mark), 12) as whole
    from wanted w
    left join (select oid, bit_xor(mark) as mark from columns group by oid) c on c.oid = w.oid
    left join (select oid, bit_xor(mark) as mark from defaults group by oid) d on d.oid = w.oid
    left join (select oid, bit_xor(mark) as mark from indexes group by oid) i on i.oid = w.oid
    left join (
        select oid, bit_xor(mark) as mark,
               array_agg(target order by target) filter (where target is not null) as targets
        from constraints
        group by oid
    ) k on k.oid = w.oid
    left join (select oid, bit_xor(mark) as mark from triggers group by oid) g on g.oid = w.oid
    left join (select oid, bit_xor(mark) as mark from policies group by oid) p on p.oid = w.oid
    left join views v on v.oid = w.oid
)
-- What is equal within a mark needs no place among the keys: sorting by twelve of them took a quarter of the time.
select min(name collate "C"), min(kind collate "C"), bool_or(relispartition), min(mark), min(targets),
       string_agg(oid || ' ' || namespace, ','), whole
from marked
group by whole
