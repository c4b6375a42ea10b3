"""What rests on a column keeps its type from changing: views, checks, indexes with expressions or predicates,
triggers that name columns, and policies.

They are set aside before types change, and made again afterwards from the texts that PostgreSQL has of them. A check,
an index, a trigger or a policy that no longer fits is left out: it has no part in how a query is typed, but for a
unique index, which a difference then makes. A view that no longer fits is an error, because a query of it could not be
typed.
"""

from __future__ import annotations

SET_ASIDE = """do $aside$
declare
    item record;
begin
    create temporary table mending_aside (step integer generated always as identity, kind text, name text, ddl text);
    insert into mending_aside (kind, name, ddl)
        select 'check', format('table %s drop constraint %I', k.conrelid::regclass, k.conname),
               format('alter table %s add constraint %I %s',
                      k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
        from pg_constraint k
        join pg_namespace n on n.oid = k.connamespace
        where k.contype = 'c' and k.conislocal and k.conrelid <> 0
          and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        order by k.oid;
    insert into mending_aside (kind, name, ddl)
        select 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
        from pg_index i
        join pg_class c on c.oid = i.indexrelid and not c.relispartition
        join pg_namespace n on n.oid = c.relnamespace
        where (i.indpred is not null or i.indexprs is not null)
          and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
          and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        order by i.indexrelid;
    insert into mending_aside (kind, name, ddl)
        select case c.relkind when 'm' then 'materialized view' else 'view' end, c.oid::regclass::text,
               format('create %s %s as %s', case c.relkind when 'm' then 'materialized view' else 'view' end,
                      c.oid::regclass, pg_get_viewdef(c.oid))
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('v', 'm')
          and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
          and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        order by c.oid;
    insert into mending_aside (kind, name, ddl)
        select 'trigger', format('%I on %s', t.tgname, c.oid::regclass), pg_get_triggerdef(t.oid)
        from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        join pg_namespace n on n.oid = c.relnamespace
        where not t.tgisinternal and t.tgparentid = 0
          and (c.relkind = 'v' or t.tgqual is not null or t.tgattr::text <> '')
          and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        order by t.oid;
    insert into mending_aside (kind, name, ddl)
        select 'policy', format('%I on %s', polname, polrelid::regclass),
               format('create policy %I on %s as %s for %s', polname, polrelid::regclass,
                      case when polpermissive then 'permissive' else 'restrictive' end,
                      case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                                  when 'd' then 'delete' else 'all' end)
               || coalesce(' using (' || pg_get_expr(polqual, polrelid) || ')', '')
               || coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
        from pg_policy
        order by oid;
    for item in select * from mending_aside order by step desc loop
        if item.kind = 'check' then
            execute 'alter ' || item.name;
        else
            execute format('drop %s if exists %s cascade', item.kind, item.name);
        end if;
    end loop;
end $aside$"""

# Whatever a difference has made under its name already stays.
PUT_BACK = """do $back$
declare
    item record;
begin
    for item in select * from mending_aside order by kind not in ('view', 'materialized view'), step loop
        if item.kind in ('view', 'materialized view') then
            if to_regclass(item.name) is null then
                execute item.ddl;
            end if;
        else
            begin
                execute item.ddl;
            exception when others then
                null;
            end;
        end if;
    end loop;
    drop table mending_aside;
end $back$"""
