with recursive domains as (
    select t.oid from pg_catalog.pg_type t where t.typtype = 'd' and t.typnotnull
    union
    select t.oid from pg_catalog.pg_type t join domains d on t.typtype = 'd' and t.typbasetype = d.oid
)
select oid::int8 from domains
