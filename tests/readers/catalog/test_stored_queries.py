"""Views, policies, triggers, checks and indexes in their normal forms: the same whatever a schema is called."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from pytest_errorbudget.model.schema import Firing, Policy, PolicyCommand, Relation, RowSecurity, Schema, Trigger
from pytest_errorbudget.readers.catalog import read_schemas

Connection = psycopg.Connection[tuple[Any, ...]]
_TABLES = """
create type mood as enum ('good', 'bad');
create table customers (id int primary key, name text, mood mood);
create table orders (id int primary key, customer int references customers (id), total numeric(10,2));
create function touch() returns trigger language plpgsql as 'begin return new; end';
"""
_JOINED = "create view v as select c.name, sum(o.total) as total from customers c join orders o on o.customer = c.id"


def _tenants(connection: Connection, one: str, other: str) -> tuple[Schema, Schema]:
    """Two tenants of the same tables; the second has other object ids, and columns with other numbers."""
    connection.execute(f"create schema a; set search_path = a; {_TABLES} {one}".encode())
    moved = "alter table orders add column gone int; alter table orders drop column gone;"
    connection.execute(f"create schema another_tenant; set search_path = another_tenant; {_TABLES} {moved}".encode())
    connection.execute(f"{other}; reset search_path".encode())
    neutral = {"a": "public", "another_tenant": "public"}
    schemas = read_schemas(connection, ["a", "another_tenant"], neutral, "_sqlx_migrations")
    return schemas["a"], schemas["another_tenant"]


_SAME = (
    f"{_JOINED} group by c.name",
    "create view v as select * from customers where mood = 'good'",
    "create view v as with paid as (select * from orders where total > 10) select name from customers c "
    "where exists (select from paid where paid.customer = c.id)",
    "create view v as select name, rank() over (partition by mood order by id) from customers union select 'x', 2",
    "create view w as select id, name from customers; create view v as select name from w order by 1 limit 3",
    "create view v as select total::numeric(12,2) from orders left join customers using (id)",
    "create materialized view v as select x.id from (select id from orders) x, lateral (select x.id + 1) y",
    "alter table customers add check (mood <> 'bad' or name is not null)",
    "create index on customers (name text_pattern_ops, mood desc) where mood = 'good'",
    "create policy p on orders using (customer in (select id from customers)) with check (total > 0)",
    "create trigger t after update of total on orders for each row when (new.total > old.total) "
    "execute function touch('a')",
    "create domain positive as numeric check (value > 0) default 1; alter table orders add column p positive",
)


@pytest.mark.parametrize("statement", _SAME)
def test_tenants_with_the_same_statement_are_equal(connection: Connection, statement: str) -> None:
    one, other = _tenants(connection, statement, statement)
    assert one == other
    assert all(relation.query is not None for relation in one.relations if relation.kind.value.endswith("view"))


_DIFFERENT = (
    (f"{_JOINED} group by c.name", f"{_JOINED} and o.total > 0 group by c.name"),
    ("create view v as select id from customers", "create view v as select id from orders"),
    ("create view v as select id from customers where mood = 'good'", "create view v as select id from customers"),
    (
        "create view v as select id from customers where mood = 'good'",
        "create view v as select id from customers where mood = 'bad'",
    ),
    ("create view v as select id from customers", "create view v as select id from only customers"),
    (
        "create view v as select total::numeric(8,2)::text from orders",
        "create view v as select total::text from orders",
    ),
    (
        "alter table orders add constraint positive check (total > 0)",
        "alter table orders add constraint positive check (total >= 0)",
    ),
    ("create index i on orders (total) where customer > 1", "create index i on orders (total) where customer > 2"),
    ("create index i on orders (total)", "create index i on orders (total desc)"),
    ("create index i on customers (name)", "create index i on customers (name text_pattern_ops)"),
    ("create index i on customers (name)", 'create index i on customers (name collate "C")'),
    ("create index i on orders (total)", "create index i on orders (total) include (customer)"),
    ("create unique index i on orders (total)", "create unique index i on orders (total) nulls not distinct"),
    (
        "alter table orders add column tax numeric generated always as (total * 0.2) stored",
        "alter table orders add column tax numeric generated always as (total * 0.1) stored",
    ),
    ("create domain positive as int check (value > 0)", "create domain positive as int check (value > 1)"),
    ("create domain positive as int default 1", "create domain positive as int default 2"),
    ("", "alter table orders enable row level security"),
    ("alter table orders enable row level security", "alter table orders force row level security"),
    ("create policy p on orders using (total > 0)", "create policy p on orders using (total > 1)"),
    ("create policy p on orders using (total > 0)", "create policy p on orders for select using (total > 0)"),
    (
        "create trigger t before insert on orders for each row execute function touch()",
        "create trigger t before insert on orders for each row execute function touch('x')",
    ),
    (
        "create trigger t before insert on orders for each row execute function touch()",
        "create trigger t before insert on orders for each row execute function touch();"
        "alter table orders disable trigger t",
    ),
)


@pytest.mark.parametrize(("one", "other"), _DIFFERENT)
def test_tenants_with_another_statement_differ(connection: Connection, one: str, other: str) -> None:
    left, right = _tenants(connection, one, other)
    assert left != right


def _orders(schema: Schema) -> Relation:
    found = schema.relation("public", "orders")
    assert found is not None
    return found


def test_a_column_added_later_is_no_part_of_an_older_view(connection: Connection) -> None:
    view = "create view v as select o.id from customers c join orders o on o.customer = c.id"
    late = "alter table orders add column note text"
    one, other = _tenants(connection, f"{view}; {late}", f"{late}; {view}")
    assert one == other


def test_a_renamed_column_is_another_one_in_a_view(connection: Connection) -> None:
    view = "create view v as select total as amount from orders"
    one, other = _tenants(connection, view, f"{view}; alter table orders rename total to net")
    assert one.relation("public", "v") != other.relation("public", "v")


def test_what_guards_a_table(connection: Connection) -> None:
    guards = """
        alter table orders enable row level security, force row level security;
        create policy readers on orders for select using (total > 0);
        create policy writers on orders as restrictive with check (customer is not null);
        create trigger stamp before insert or update of total, customer on orders
            for each row when (new.total > 0) execute function touch('a', 'it''s');
        create constraint trigger late after delete on orders deferrable initially deferred
            for each row execute function touch();
        alter table orders enable always trigger late;
    """
    one, _ = _tenants(connection, guards, "")
    orders = _orders(one)
    assert orders.row_security == RowSecurity(enabled=True, forced=True)
    assert orders.policies == (
        Policy(name="readers", command=PolicyCommand.SELECT, using="(total > 0)"),
        Policy(name="writers", permissive=False, check="(customer IS NOT NULL)"),
    )
    assert orders.triggers == (
        Trigger(
            name="late",
            function="touch",
            definition="after delete constraint deferrable initially deferred for each row execute function touch()",
            firing=Firing.ALWAYS,
        ),
        Trigger(
            name="stamp",
            function="touch",
            definition="before insert or update of customer, total for each row when (new.total > 0) "
            "execute function touch('a', 'it''s')",
        ),
    )


def test_another_tenants_objects_keep_the_name_of_its_schema(connection: Connection) -> None:
    foreign = """
        alter table orders add foreign key (customer) references a.customers (id);
        alter table orders add column mood a.mood;
        alter table orders add column number int default nextval('a.numbers');
    """
    _, other = _tenants(connection, "create sequence numbers", foreign)
    orders = _orders(other)
    references = [constraint.references for constraint in orders.constraints if constraint.references is not None]
    assert sorted(f"{one.schema}.{one.relation}" for one in references) == ["a.customers", "public.customers"]
    assert [str(column.type) for column in orders.columns][3:] == ["a.mood", "integer"]
    assert orders.columns[-1].default == "nextval('a.numbers'::regclass)"


_IN_A_SCHEMA = """
create schema {home}; create extension citext schema {home}; create extension "uuid-ossp" schema {home};
create extension moddatetime schema {home}; create extension cube schema {home};
create extension earthdistance schema {home}; set search_path = {tenant}, {home};
create domain address as citext default 'x' check (value <> 'y');
create table t (id uuid default uuid_generate_v4() check (id <> uuid_nil()), c citext[] default array['a'::citext],
    a address, e earth, s uuid generated always as (uuid_generate_v3(uuid_nil(), 'a')) stored, at timestamp);
create index i on t (uuid_generate_v5(uuid_nil(), id::text)) where id <> uuid_nil();
create view v as select uuid_nil(), 'a'::citext from t where a = 'b' order by c;
create policy p on t using (id = uuid_nil());
create trigger g before update on t for each row when (new.id = uuid_nil()) execute function moddatetime(at);
reset search_path;
"""


def test_what_an_extension_brings_goes_by_public(connection: Connection) -> None:
    """Wherever it is installed, also in a tenant's own schema."""
    found = []
    for home, tenant in (("public", "a"), ("ext", "a"), ('"Odd One"', "a"), ("a", "a")):
        with connection.transaction(force_rollback=True):
            connection.execute("drop schema public")
            made = "" if home == tenant else f"create schema {tenant};"
            connection.execute((made + _IN_A_SCHEMA.format(home=home, tenant=tenant)).encode())
            found.append(read_schemas(connection, [tenant], {tenant: "public"}, "_sqlx_migrations")[tenant])
    assert found[1:] == found[:1] * 3
    (table,) = (relation for relation in found[0].relations if relation.name == "t")
    assert [column.type.formatted for column in table.columns[:4]] == [
        "uuid",
        "public.citext[]",
        "public.address",
        "public.earth",
    ]
    assert [domain.name for domain in found[0].domains] == ["address"]


def test_an_extension_in_the_schema_of_another_tenant_is_that_tenants(connection: Connection) -> None:
    connection.execute("create schema a; create schema b; create extension citext schema a")
    connection.execute("create table a.t (c a.citext); create table b.t (c a.citext)")
    found = read_schemas(connection, ["a", "b"], {"a": "public", "b": "public"}, "_sqlx_migrations")
    types = {name: found[name].relations[0].columns[0].type.formatted for name in found}
    assert types == {"a": "public.citext", "b": "a.citext"}
