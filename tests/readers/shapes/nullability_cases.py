"""A schema, and queries over it with what is known of each of their columns: N never NULL, C can be, ? not known."""

from __future__ import annotations

SCHEMA = """\
create type mood as enum ('ok', 'sad');
create domain email as text not null;
create table shops (
    id bigint primary key, name text not null, parent bigint references shops, note text, kind text,
    opened date check (opened is not null and opened > '1990-01-01'), twice bigint generated always as (id * 2) stored,
    check (kind <> 'x')
);
create table people (
    id bigint primary key, shop bigint not null references shops, boss bigint references people, name text,
    address email, mood mood not null default 'ok', tags text[] not null default '{}', data jsonb not null default '{}',
    born timestamptz, pay numeric
);
create table visits (
    shop bigint not null, person bigint not null, at timestamptz not null default now(), note text,
    primary key (shop, person)
);
create table payments (id bigint primary key, shop bigint, person bigint, cents bigint not null, memo text,
    foreign key (shop, person) references visits);
create table late (id bigint primary key, shop bigint not null references shops deferrable);
create table stamped (id bigint primary key, at timestamptz, by text);
create function stamp() returns trigger language plpgsql as $$ begin new.at := now(); return new; end $$;
create trigger stamp before insert or update on stamped for each row execute function stamp();
create table base (a int not null, b int);
create table child (c int) inherits (base);
create view shop_names as select s.id, s.name, p.name as parent from shops s left join shops p on p.id = s.parent;
create materialized view shop_ids as select id, note from shops where note is not null with no data;
refresh materialized view shop_ids;
create sequence numbers;
create function mine(int) returns int language sql immutable strict as 'select $1';
"""

CASES = {
    "tables": [
        ("select id, name, note, opened, twice from shops", "N N C N ?"),
        ("select address, mood, tags, name from people", "N N N C"),
        ("select s, s.id from shops s", "N N"),
        ("select ctid, tableoid from shops", "N N"),
        ("select * from shop_names", "N N C"),
        ("select * from shop_ids", "N N"),
        ("select last_value from numbers", "N"),
        ("select a, b from base", "N C"),
        ("select * from (values (1, 'a'), (2, null), (3, $1)) v(a, b)", "N C"),
        ("select * from (values (1, 'a'), (2, $1)) v(a, b)", "N ?"),
    ],
    "conditions": [
        ("select note from shops where note is not null", "N"),
        ("select note from shops where note = $1", "N"),
        ("select note, kind from shops where note = $1 or kind = $2", "C C"),
        ("select note from shops where note = $1 or (note > $2 and kind = $1)", "N"),
        ("select note from shops where lower(note) like $1", "N"),
        ("select note from shops where not (note is null or kind is null)", "N"),
        ("select note from shops where note is distinct from $1", "C"),
        ("select note from shops where note = any($1)", "N"),
        ("select note from shops where note <> all($1)", "C"),
        ("select note from shops where note in ('a', 'b')", "N"),
        ("select note from shops where note in (select name from people)", "N"),
        ("select note from shops where note not in (select name from people)", "C"),
        ("select note from shops where coalesce(note, 'a') = 'a'", "C"),
        ("select note, kind from shops where (note, kind) > ('a', 'b')", "N C"),
        ("select note from shops where (note = 'a') is true", "N"),
        ("select note from shops where (note = 'a') is not true", "C"),
        ("select note from shops where mine(length(note)) = 1", "N"),
        ("select born from people where born between $1 and $2", "N"),
    ],
    "joins": [
        ("select s.id, p.id, p.name from shops s left join people p on p.shop = s.id", "N C C"),
        ("select s.name from people p left join shops s on s.id = p.shop", "N"),
        ("select s.name from people p right join shops s on s.id = p.shop", "N"),
        ("select p.shop from people p right join shops s on s.id = p.shop", "C"),
        ("select s.name, p.mood from people p full join shops s on s.id = p.shop", "C C"),
        ("select b.mood from people p left join people b on b.id = p.boss", "C"),
        ("select b.mood from people p left join people b on b.id = p.id + 1", "?"),
        ("select b.mood from people p left join people b on b.id = p.boss and b.pay > 0", "C"),
        ("select b.mood from people p left join people b on b.id = p.boss where p.boss is not null", "N"),
        ("select b.mood from people p left join people b on b.id = p.id", "N"),
        ("select s.name from people p left join shops s on s.id = p.shop and s.kind = 'a'", "C"),
        ("select s.name from late l left join shops s on s.id = l.shop", "C"),
        ("select v.at from payments p left join visits v on v.shop = p.shop and v.person = p.person", "C"),
        (
            "select v.at from payments p left join visits v on v.shop = p.shop and v.person = p.person"
            " where p.shop is not null and p.person is not null",
            "N",
        ),
        ("select p.id from shops s left join people p on p.shop = s.id where p.name = $1", "N"),
        ("select p.id, p.name from shops s left join people p on p.shop = s.id where p.pay > 0", "N C"),
        ("select c.n from shops s left join (select count(*) n from people) c on true", "N"),
        (
            "select c.n, c.m from shops s left join lateral"
            " (select count(*) n, max(p.id) m from people p where p.shop = s.id) c on true",
            "N C",
        ),
        ("select p.id from shops s left join lateral (select id from people where shop = s.id limit 1) p on true", "C"),
        ("select v.a from shops s left join (values (1), (2)) v(a) on true", "N"),
        ("select id from shops s full join (select id, shop from people) p using (id)", "N"),
        ("select note from shops s join people p on p.name = s.note", "N"),
        (
            "select q.mood from visits v left join (people q join shops s on s.id = q.shop) on q.id = v.person",
            "C",
        ),
    ],
    "expressions": [
        ("select 1, null::int, $1::int, current_date, now()", "N C ? N N"),
        ("select coalesce(note, name), coalesce(note, kind), coalesce(note, $1) from shops", "N C ?"),
        ("select case when id > 1 then name else 'a' end, case when id > 1 then name end from shops", "N ?"),
        ("select case when id > 1 then note else kind end, case when id > 1 then note end from shops", "C C"),
        ("select greatest(note, name), least(note, kind), nullif(note, 'a'), nullif(name, 'a') from shops", "N C C ?"),
        ("select note is null, note is not distinct from kind, exists (select 1), array[note] from shops", "N N N N"),
        ("select id + 1, id + $1, length(note), upper(name) || note, name || 'a' from shops", "N ? C C N"),
        ("select id > 1 and name = 'a', note = 'a' or id = 1, not (name = 'a') from shops", "N ? N"),
        ("select data -> 'a', data ->> 'a', data || '{}', tags[1], tags || 'x'::text, array_length(tags, 1)"
         " from people", "? ? N ? N ?"),
        ("select (data ->> 'a')::int, (data -> 'a')::text, (data)::text from people", "? ? N"),
        ("select extract(year from born), extract(day from opened), extract(epoch from opened) from people, shops",
         "C ? N"),
        ("select substring(name from 1 for 2), substring(name from 'a') from shops", "N ?"),
        ("select to_char(now(), 'YYYY'), mine(1), mine(null), id = any($1), id in (1, 2), id = any('{1}') from shops",
         "? ? C ? N ?"),
        ("select lower(name), lower(int4range(1, 2)), concat(note, 'a'), format(name), concat_ws(note, 'a') from shops",
         "N ? N N C"),
        ("select jsonb_build_object('a', note), to_jsonb(note), to_jsonb(name), row(note, 1) from shops", "N C N N"),
        ("select name::email, cardinality(tags), mood::text, pay::float8 from people", "N N N C"),
        ("select (select name from shops where id = 1), (select count(*) from shops), array(select note from shops)",
         "C N N"),
        ("select (select s.name from shops s where s.id = p.shop), (select s.note from shops s where s.id = p.shop),"
         " (select s.name from shops s where s.id = p.boss) from people p", "N C C"),
        ("select generate_series(1, 3), jsonb_object_keys(data), unnest(tags) from people", "? ? ?"),
        ("select generate_series(1, 3), id from people", "N N"),
        ("select generate_series(1, 3), abs(generate_series(1, 5))", "? ?"),
        ("select substring(name similar 'a#\"b#\"c' escape '#'), substr(name, 2) from shops", "? N"),
        ("select n, o from unnest($1::int[]) with ordinality u(n, o)", "? N"),
        ("select g from generate_series(1, 2) g", "N"),
        ("select e.key, e.value from people, jsonb_each(data) e", "N N"),
        ("select e.key, e.value from people, jsonb_each_text(data) e", "N ?"),
        ("select nextval('numbers'), gen_random_uuid(), pg_advisory_xact_lock($1)", "N N ?"),
    ],
    "groups": [
        ("select count(*), sum(id), max(name), array_agg(id) from shops", "N C C C"),
        ("select shop, count(*), sum(id), max(name), array_agg(name) from people group by shop", "N N N C N"),
        ("select name, string_agg(mood::text, ',') from people where name = $1 group by name", "N N"),
        ("select shop, sum(id) filter (where mood = 'ok'), count(*) filter (where mood = 'ok') from people group by 1",
         "N C N"),
        ("select shop, count(*) from people group by rollup (shop)", "C N"),
        ("select sum(id) from people having count(*) > 0", "?"),
        ("select shop, stddev(id) from people group by shop", "N ?"),
        ("select note from shops group by note having note is not null", "N"),
        ("select coalesce(sum(id), 0)::bigint as total from people", "N"),
        ("select row_number() over (), lag(id) over (order by id), lag(id, 1, 0::bigint) over (order by id) from shops",
         "N C N"),
        ("select sum(id) over (partition by kind), first_value(name) over (order by id),"
         " sum(id) over (order by id rows between 2 preceding and 1 preceding) from shops", "N N ?"),
    ],
    "set operations": [
        ("select id, name from shops union all select id, name from people", "N C"),
        ("select name from shops intersect select name from people", "N"),
        ("select name from people except select name from shops", "C"),
        ("select note from shops except select name from shops", "C"),
        ("with x as (select id, note from shops where note = 'a') select * from x", "N N"),
        ("with recursive up as (select id, parent from shops where id = $1 union all"
         " select s.id, s.parent from shops s join up on up.parent = s.id) select id, parent from up", "N C"),
        ("with recursive t(a, b) as (select 1, null::int union all select b, 2 from t where a < 3) select a, b from t",
         "C C"),
    ],
    "statements": [
        ("insert into shops (id, name, opened) values ($1, $2, '2024-01-01') returning id, note, opened, twice",
         "N C N ?"),
        ("insert into shops (id, name, opened, note) values (9, 'a', '2024-01-01', 'n') returning note, kind", "N C"),
        ("insert into shops (id, name, opened, note) values (9, 'a', '2024-01-01', $1) returning note", "C"),
        ("insert into shops (id, name, opened, note) select 9, 'a', '2024-01-01', name from people"
         " returning note", "C"),
        ("insert into shops (id, name, opened, note) values (1, 'a', '2024-01-01', 'n')"
         " on conflict (id) do update set kind = 'k' returning id, note, kind", "N C C"),
        ("insert into shops (id, name, opened, note) values (1, 'a', '2024-01-01', 'n')"
         " on conflict (id) do update set note = excluded.note returning note", "?"),
        ("update shops set note = 'a' returning note, kind, name", "N C N"),
        ("update shops set note = 'a' where kind = 'a' returning note, kind", "N N"),
        ("update shops set note = lower(note), kind = $1 returning note, kind", "C C"),
        ("update shops set note = lower(note) where note is not null returning note", "N"),
        ("update shops set note = null where note is not null returning note, old.note, new.note", "C N C"),
        ("update people p set name = s.name from shops s where s.id = p.shop returning p.name, s.note", "N C"),
        ("delete from shops where note is not null and id = $1 returning note, kind", "N C"),
        ("delete from visits returning shop, new.shop", "N ?"),
        ("insert into visits (shop, person) values (1, 2) returning old.shop, at", "? N"),
        ("insert into stamped (id) values (1) returning at, by", "? C"),
        ("update stamped set at = now(), by = 'a' returning at, by", "? N"),
        ("with s as (insert into shops (id, name, opened) values (77, 'a', '2024-01-01') returning id)"
         " insert into people (id, shop, address) select 77, id, 'a' from s"
         " returning shop, (select s.name from shops s where s.id = people.shop)", "N C"),
        ("with d as (delete from visits returning shop, note) select * from d", "N C"),
        ("merge into visits v using people p on v.person = p.id when matched then update set note = 'a'"
         " returning v.shop, v.note, p.name", "N ? C"),
    ],
}  # fmt: skip
