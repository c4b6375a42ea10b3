-- A mark for every relation: hashes of all that a relation's value is made of, summed, so that no order matters.
-- Relations with equal marks are alike. Object ids stand for themselves, save those of the relation's own schema: these
-- go by name. Expressions that name such objects are not in the mark (`local_expressions.sql` reads them).
-- A record's hash is linear in its fields, so it is mixed once more before it is summed: else two columns could swap
-- their types unseen.
with wanted as (
    select c.oid, n.oid as namespace, n.nspname, c.relname, c.relkind, c.relispartition
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(%(schemas)s)
      and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and c.relname <> %(bookkeeping)s
), members as (
    select d.objid from pg_catalog.pg_depend d
    where d.classid = 1259 and d.refclassid = 3079 and d.deptype = 'e'
), own as (
    select t.oid, t.typnamespace, t.typname, false as is_array from pg_catalog.pg_type t
    where t.oid >= 16384 and t.typtype <> 'c' and t.typinput::oid <> 750
    union all
    select t.typarray, t.typnamespace, t.typname, true from pg_catalog.pg_type t
    where t.oid >= 16384 and t.typtype <> 'c' and t.typinput::oid <> 750 and t.typarray <> 0
), columns as (
    select a.attrelid as oid, pg_catalog.sum(pg_catalog.hashint8extended(pg_catalog.hash_record_extended(row(
        a.attnum, a.attname, case when o.oid is null then a.atttypid end, o.typname, o.is_array, a.atttypmod,
        a.attnotnull, a.attidentity, a.attgenerated,
        case when a.attgenerated <> '' or d.adbin is null then null
             when d.adbin::text ~ '[0-9]{5}| 2205 ' then ''
             else pg_catalog.regexp_replace(d.adbin::text, ' :location -?[0-9]+', '', 'g') end), 0), 1)) as mark
    from pg_catalog.pg_attribute a
    join wanted w on w.oid = a.attrelid
    left join own o on o.oid = a.atttypid and o.typnamespace = w.namespace
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped
    group by a.attrelid
), indexes as (
    select i.indrelid as oid, pg_catalog.sum(pg_catalog.hashint8extended(pg_catalog.hash_record_extended(row(
        x.relname, i.indkey::int2[], i.indnkeyatts, i.indisunique, i.indisprimary, i.indisvalid and i.indisready,
        case when i.indexprs::text ~ '[0-9]{5}| 2205 ' then ''
             else pg_catalog.regexp_replace(i.indexprs::text, ' :location -?[0-9]+', '', 'g') end,
        i.indpred is not null, x.relam), 0), 2)) as mark
    from pg_catalog.pg_index i
    join wanted w on w.oid = i.indrelid
    join pg_catalog.pg_class x on x.oid = i.indexrelid
    group by i.indrelid
), constraints as (
    select k.conrelid as oid, pg_catalog.sum(pg_catalog.hashint8extended(pg_catalog.hash_record_extended(row(
        k.conname, k.contype, k.conkey, case when t.relnamespace = w.namespace then 0::oid else k.confrelid end,
        case when t.relnamespace = w.namespace then t.relname end, k.confkey, k.convalidated), 0), 3)) as mark
    from pg_catalog.pg_constraint k
    join wanted w on w.oid = k.conrelid
    left join pg_catalog.pg_class t on t.oid = k.confrelid
    where k.contype in ('p', 'u', 'f', 'c', 'x') or k.contype = 'n' and not k.convalidated
    group by k.conrelid
)
select w.oid, w.nspname, w.relname, w.relkind::text, w.relispartition, c.mark::text, i.mark::text, k.mark::text
from wanted w
left join columns c on c.oid = w.oid
left join indexes i on i.oid = w.oid
left join constraints k on k.oid = w.oid
where w.oid not in (select objid from members)
