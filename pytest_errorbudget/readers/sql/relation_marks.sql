-- A mark for every relation: hashes of all that a relation's value is made of, joined by xor, so that no order matters
-- (no two rows of a relation are the same). Relations with equal marks are alike, and come as one row: its last column
-- lists them in no order, each with its schema.
-- Object ids stand for themselves, save those of the relation's own schema: these go by name. Expressions that name
-- such objects are not in the mark (`local_expressions.sql` reads them).
-- Each hash is the seed of the next: all of them are strict, so nothing in here may be null.
-- 1259 is pg_class, 3079 pg_extension, 750 array_in: these numbers are the same on every server.
with wanted as (
    select c.oid, n.oid as namespace, n.nspname, c.relname, c.relkind, c.relispartition,
           c.relrowsecurity::int + 2 * c.relforcerowsecurity::int as security
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(%(schemas)s)
      and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and c.relname <> %(bookkeeping)s
      and c.oid not in (
        select d.objid from pg_catalog.pg_depend d
        where d.classid = 1259 and d.refclassid = 3079 and d.deptype = 'e'
      )
), columns as (
    select a.attrelid as oid, bit_xor(hashnameextended(
        a.attname,
        case when a.atttypid < 16384 then hashoidextended(a.atttypid, 1)
             else coalesce((
                 select hashnameextended(coalesce(e.typname, t.typname), 2 + (e.oid is null)::int)
                 from pg_catalog.pg_type t
                 left join pg_catalog.pg_type e on e.oid = t.typelem and t.typinput::oid = 750
                 where t.oid = a.atttypid and coalesce(e.typtype, t.typtype) <> 'c'
                   and coalesce(e.typnamespace, t.typnamespace) = w.namespace
             ), hashoidextended(a.atttypid, 1)) end
        # hashint4extended(a.atttypmod, hashint2extended(a.attnum, hashcharextended(
            a.attidentity, hashcharextended(a.attgenerated, 4 + a.attnotnull::int))))
    )) as mark
    from pg_catalog.pg_attribute a
    join wanted w on w.oid = a.attrelid
    where a.attnum > 0 and not a.attisdropped
    group by a.attrelid
), defaults as (
    select d.adrelid as oid, bit_xor(hashtextextended(
        case when d.adbin::text ~ '[0-9]{5}| 2205 ' then ''
             else regexp_replace(d.adbin::text, ' :location -?[0-9]+', '', 'g') end, 5 + d.adnum)) as mark
    from pg_catalog.pg_attrdef d
    join wanted w on w.oid = d.adrelid
    group by d.adrelid
), indexes as (
    select i.indrelid as oid, bit_xor(hashnameextended(x.relname, hash_array_extended(i.indkey::int2[], hash_record_extended(
        row(i.indnkeyatts, i.indisunique, i.indisprimary, i.indisvalid and i.indisready, i.indpred is not null, x.relam,
            i.indclass, i.indcollation, i.indoption::int2[],
            case when i.indisunique and not i.indisprimary then to_jsonb(i) ->> 'indnullsnotdistinct' end,
            case when i.indexprs::text ~ '[0-9]{5}| 2205 ' then ''
                 else regexp_replace(i.indexprs::text, ' :location -?[0-9]+', '', 'g') end,
            case when i.indpred::text ~ '[0-9]{5}| 2205 ' then ''
                 else regexp_replace(i.indpred::text, ' :location -?[0-9]+', '', 'g') end), 6)))) as mark
    from pg_catalog.pg_index i
    join wanted w on w.oid = i.indrelid
    join pg_catalog.pg_class x on x.oid = i.indexrelid
    group by i.indrelid
), constraints as (
    select k.conrelid as oid, bit_xor(hashnameextended(k.conname, hash_record_extended(row(
        k.contype, k.conkey, k.confkey, k.convalidated,
        case when t.relnamespace = w.namespace then null else k.confrelid end,
        case when t.relnamespace = w.namespace then t.relname end,
        case when k.conbin::text ~ '[0-9]{5}| 2205 ' then ''
             else regexp_replace(k.conbin::text, ' :location -?[0-9]+', '', 'g') end), 7))) as mark,
        array_agg(t.relname::text order by t.relname) filter (where t.relnamespace = w.namespace) as targets
    from pg_catalog.pg_constraint k
    join wanted w on w.oid = k.conrelid
    left join pg_catalog.pg_class t on t.oid = k.confrelid
    where k.contype in ('p', 'u', 'f', 'c', 'x') or k.contype = 'n' and not k.convalidated
    group by k.conrelid
), triggers as (
    select g.tgrelid as oid, bit_xor(hashnameextended(g.tgname, hash_record_extended(row(
        g.tgtype, g.tgenabled, g.tgattr::int2[], g.tgargs, g.tgconstraint <> 0, g.tgdeferrable, g.tginitdeferred,
        g.tgoldtable, g.tgnewtable, p.proname,
        case when p.pronamespace = w.namespace then null else p.pronamespace end,
        case when g.tgqual::text ~ '[0-9]{5}| 2205 ' then ''
             else regexp_replace(g.tgqual::text, ' :location -?[0-9]+', '', 'g') end), 8))) as mark
    from pg_catalog.pg_trigger g
    join wanted w on w.oid = g.tgrelid
    join pg_catalog.pg_proc p on p.oid = g.tgfoid
    where not g.tgisinternal
    group by g.tgrelid
), policies as (
    select p.polrelid as oid, bit_xor(hashnameextended(p.polname, hash_record_extended(row(
        p.polcmd, p.polpermissive, p.polqual is null, p.polwithcheck is null,
        case when p.polqual::text ~ '[0-9]{5}| 2205 ' then ''
             else regexp_replace(p.polqual::text, ' :location -?[0-9]+', '', 'g') end,
        case when p.polwithcheck::text ~ '[0-9]{5}| 2205 ' then ''
             else regexp_replace(p.polwithcheck::text, ' :location -?[0-9]+', '', 'g') end), 9))) as mark
    from pg_catalog.pg_policy p
    join wanted w on w.oid = p.polrelid
    group by p.polrelid
), views as (
    select r.ev_class as oid, hashtextextended(
        regexp_replace(r.ev_action::text, '[0-9]{5,}| :(location|stmt_location|stmt_len) -?[0-9]+', '', 'g'),
        hash_record_extended(row(s.names), 10)) as mark, s.targets
    from pg_catalog.pg_rewrite r
    join wanted w on w.oid = r.ev_class and w.relkind in ('v', 'm')
    left join lateral (
        select string_agg(case when c.relnamespace = w.namespace then 'relation ' || c.relname
                               when p.pronamespace = w.namespace then 'function ' || p.proname
                               else f.found[2] end, ',' order by f.place) as names,
               array_agg(distinct c.relname::text order by c.relname::text)
                   filter (where c.relnamespace = w.namespace and c.oid <> w.oid) as targets
        from regexp_matches(r.ev_action::text, ':([a-z]+) ([0-9]{5,})', 'g') with ordinality as f (found, place)
        left join pg_catalog.pg_class c on f.found[1] = 'relid' and c.oid = f.found[2]::oid
        left join pg_catalog.pg_proc p on f.found[1] in ('funcid', 'aggfnoid', 'winfnoid') and p.oid = f.found[2]::oid
        where f.found[1] in ('relid', 'funcid', 'aggfnoid', 'winfnoid', 'opno') or f.found[1] ~ 'typmod$'
    ) s on true
    where r.rulename = '_RETURN'
), marked as (
    select w.oid, w.namespace, w.relname::text as name, w.relkind::text as kind, w.relispartition, c.mark,
           coalesce(k.targets, v.targets) as targets,
           hash_record_extended(row(w.relname, w.relkind, w.relispartition, w.security, c.mark, d.mark, i.mark,
                                    coalesce(k.mark, v.mark), coalesce(k.targets, v.targets), g.mark, p.mark), 11) as whole
    from wanted w
    left join columns c on c.oid = w.oid
    left join defaults d on d.oid = w.oid
    left join indexes i on i.oid = w.oid
    left join constraints k on k.oid = w.oid
    left join triggers g on g.oid = w.oid
    left join policies p on p.oid = w.oid
    left join views v on v.oid = w.oid
)
-- What is equal within a mark needs no place among the keys: sorting by twelve of them took a quarter of the time.
select min(name collate "C"), min(kind collate "C"), bool_or(relispartition), min(mark), min(targets),
       string_agg(oid || ' ' || namespace, ','), whole
from marked
group by whole
