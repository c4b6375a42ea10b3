-- What a value of a parameter's type can look like: its category, its name, the first label of an enum.
select
    type.oid::int8,
    base.typcategory::text,
    base.typname::text,
    coalesce(element.typcategory::text, ''),
    coalesce(element.typname::text, ''),
    (
        select label.enumlabel::text
        from pg_enum as label
        where label.enumtypid in (base.oid, element.oid)
        order by label.enumsortorder
        limit 1
    )
from pg_type as type
join pg_type as base on base.oid = case when type.typtype = 'd' then type.typbasetype else type.oid end
left join pg_type as element on element.oid = base.typelem and base.typcategory = 'A'
where type.oid = any (%(types)s)
