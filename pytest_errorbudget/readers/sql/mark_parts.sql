-- Hashes of all that a relation's value is made of, each a row with the relation and its schema. Those of a relation,
-- or of all relations of a schema, are joined by xor, so that no order matters: no two rows are the same, as the hash
-- of the relation itself, its name among it, is the seed of the others.
-- Object ids stand for themselves, save those of the relation's own schema: these go by name. Expressions that name
-- such objects are not in the mark (`local_expressions.sql` reads them).
-- Each hash is the seed of the next: all of them are strict, so nothing in here may be null.
-- Wide rows are hashed before they are joined (`offset 0` keeps it so); what few rows have, for these alone.
-- 1259 is pg_class, 3079 pg_extension, 750 array_in: these numbers are the same on every server.
with wanted as (
    select c.oid, c.relnamespace as namespace, c.relname, c.relkind, c.relispartition,
           hashnameextended(c.relname, hashcharextended(c.relkind,
               4 * c.relispartition::int + 2 * c.relrowsecurity::int + c.relforcerowsecurity::int)) as mark
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(%(schemas)s)
      and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and c.relname <> %(bookkeeping)s
      and c.oid not in (
        select d.objid from pg_catalog.pg_depend d
        where d.classid = 1259 and d.refclassid = 3079 and d.deptype = 'e'
      )
), columns as (
    select a.attrelid as oid, w.namespace, hashnameextended(
        a.attname,
        case when a.atttypid < 16384 then hashoidextended(a.atttypid, w.mark)
             else coalesce((
                 select hashnameextended(coalesce(e.typname, t.typname), w.mark # (2 + (e.oid is null)::int))
                 from pg_catalog.pg_type t
                 left join pg_catalog.pg_type e on e.oid = t.typelem and t.typinput::oid = 750
                 where t.oid = a.atttypid and coalesce(e.typtype, t.typtype) <> 'c'
                   and coalesce(e.typnamespace, t.typnamespace) = w.namespace
             ), hashoidextended(a.atttypid, w.mark)) end
        # hashint4extended(a.atttypmod, hashint2extended(a.attnum, hashcharextended(
            a.attidentity, hashcharextended(a.attgenerated, 4 + a.attnotnull::int))))
    ) as mark
    from pg_catalog.pg_attribute a
    join wanted w on w.oid = a.attrelid
    where a.attnum > 0 and not a.attisdropped
), indexes as (
    select s.oid, s.namespace, hashnameextended(x.relname, hashoidextended(x.relam, s.mark)) as mark
    from (
        select i.indrelid as oid, w.namespace, i.indexrelid,
               hash_array_extended(i.indkey::int2[], hash_array_extended(i.indclass::oid[],
               hashoidvectorextended(i.indcollation, hash_array_extended(i.indoption::int2[],
               case when i.indexprs is null and i.indpred is null and (i.indisprimary or not i.indisunique)
                    then w.mark # (8 * i.indnkeyatts + 4 * i.indisunique::int + 2 * i.indisprimary::int
                                   + (i.indisvalid and i.indisready)::int)
                    else hash_record_extended(row(
                        i.indnkeyatts, i.indisunique, i.indisprimary, i.indisvalid and i.indisready,
                        i.indpred is not null,
                        case when i.indisunique and not i.indisprimary then to_jsonb(i) ->> 'indnullsnotdistinct' end,
                        case when i.indexprs::text ~ '[0-9]{5}| 2205 ' then ''
                             else regexp_replace(i.indexprs::text, ' :location -?[0-9]+', '', 'g') end,
                        case when i.indpred::text ~ '[0-9]{5}| 2205 ' then ''
                             else regexp_replace(i.indpred::text, ' :location -?[0-9]+', '', 'g') end), w.mark # 6)
               end)))) as mark
        from pg_catalog.pg_index i
        join wanted w on w.oid = i.indrelid
        offset 0
    ) s
    join pg_catalog.pg_class x on x.oid = s.indexrelid
), constraints as (
    select s.oid, s.namespace,
           case when s.far = 0 then s.mark
                else hash_record_extended(row(
                    case when t.relnamespace = s.namespace then null else s.far end,
                    case when t.relnamespace = s.namespace then t.relname end), s.mark) end as mark,
           case when t.relnamespace = s.namespace then t.relname::text end as target
    from (
        select k.conrelid as oid, w.namespace, k.confrelid as far,
               hashnameextended(k.conname, hashcharextended(k.contype, hash_array_extended(coalesce(k.conkey, '{}'),
               case when k.confrelid = 0 and k.conbin is null then w.mark # (7 + k.convalidated::int)
                    else hash_record_extended(row(
                        k.confkey, k.convalidated,
                        case when k.conbin::text ~ '[0-9]{5}| 2205 ' then ''
                             else regexp_replace(k.conbin::text, ' :location -?[0-9]+', '', 'g') end), w.mark # 7)
               end))) as mark
        from pg_catalog.pg_constraint k
        join wanted w on w.oid = k.conrelid
        where k.contype in ('p', 'u', 'f', 'c', 'x') or k.contype = 'n' and not k.convalidated
        offset 0
    ) s
    left join pg_catalog.pg_class t on t.oid = s.far and s.far <> 0
), defaults as (
    select d.adrelid as oid, w.namespace, hashtextextended(
        case when d.adbin::text ~ '[0-9]{5}| 2205 ' then ''
             else regexp_replace(d.adbin::text, ' :location -?[0-9]+', '', 'g') end, w.mark # (5 + d.adnum)) as mark
    from pg_catalog.pg_attrdef d
    join wanted w on w.oid = d.adrelid
), triggers as (
    select g.tgrelid as oid, w.namespace, hashnameextended(g.tgname, hash_record_extended(row(
        g.tgtype, g.tgenabled, g.tgattr::int2[], g.tgargs, g.tgconstraint <> 0, g.tgdeferrable, g.tginitdeferred,
        g.tgoldtable, g.tgnewtable, p.proname,
        case when p.pronamespace = w.namespace then null else p.pronamespace end,
        case when g.tgqual::text ~ '[0-9]{5}| 2205 ' then ''
             else regexp_replace(g.tgqual::text, ' :location -?[0-9]+', '', 'g') end), w.mark # 8)) as mark
    from pg_catalog.pg_trigger g
    join wanted w on w.oid = g.tgrelid
    join pg_catalog.pg_proc p on p.oid = g.tgfoid
    where not g.tgisinternal
), policies as (
    select p.polrelid as oid, w.namespace, hashnameextended(p.polname, hash_record_extended(row(
        p.polcmd, p.polpermissive, p.polqual is null, p.polwithcheck is null,
        case when p.polqual::text ~ '[0-9]{5}| 2205 ' then ''
             else regexp_replace(p.polqual::text, ' :location -?[0-9]+', '', 'g') end,
        case when p.polwithcheck::text ~ '[0-9]{5}| 2205 ' then ''
             else regexp_replace(p.polwithcheck::text, ' :location -?[0-9]+', '', 'g') end), w.mark # 9)) as mark
    from pg_catalog.pg_policy p
    join wanted w on w.oid = p.polrelid
), views as (
    select r.ev_class as oid, w.namespace, hashtextextended(
        regexp_replace(r.ev_action::text, '[0-9]{5,}| :(location|stmt_location|stmt_len) -?[0-9]+', '', 'g'),
        hash_record_extended(row(s.names), w.mark # 10)) as mark, s.targets
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
)
