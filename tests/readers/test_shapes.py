"""Queries typed by PostgreSQL, in every shape that tenants have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from pytest_errorbudget.model.facts import QueryKey
from pytest_errorbudget.model.migration import MigrationSet
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import Binding, ColumnRef, OutputColumn, Rejected, Typed, UnindexedScan
from pytest_errorbudget.readers.scratch import ScratchServer
from pytest_errorbudget.readers.shapes import Query, ShapeRequest, type_queries

Migrations = Callable[[Mapping[str, str]], MigrationSet]

_FILES = {
    "1_init.sql": """\
create type state as enum ('new', 'paid');
create domain email as text not null;
create table customers (id bigint primary key, name text not null, address email, note text);
create table invoices (
    id bigserial primary key, customer bigint references customers (id), amount_cents int not null,
    state state not null default 'new', tags text[], due timestamptz
);
create view open_invoices as select id, amount_cents from invoices where state = 'new';
""",
    "2_widen.sql": "drop view open_invoices; alter table invoices alter column amount_cents type bigint;",
    "3_more.sql": "alter table invoices add column region text; alter table customers drop column note;",
}
_PREPARED = ShapeRequest(digest=None, version="1")


def _typed(server: ScratchServer, migrations: MigrationSet, *queries: str) -> list[Typed | Rejected | None]:
    keyed = [Query(QueryKey("src/queries.rs", "q", n), query) for n, query in enumerate(queries, start=1)]
    (typing,) = type_queries(server, migrations, [_PREPARED], keyed)
    assert [t.query for t in typing.queries] == [query.key for query in keyed]
    return [t.verdict for t in typing.queries]


def _columns(verdict: Typed | Rejected | None) -> tuple[OutputColumn, ...]:
    assert isinstance(verdict, Typed)
    return verdict.columns


def test_names_types_origins_and_parameters(scratch: ScratchServer, migrations: Migrations) -> None:
    sql = (
        'select id, amount_cents::bigint as "amount!: i64", state, tags from invoices where customer = $1 and due < $2'
    )
    invoices = "public", "invoices"
    assert _typed(scratch, migrations(_FILES), sql) == [
        Typed(
            columns=(
                OutputColumn(
                    name="id",
                    type=PgType("int8"),
                    nullable=False,
                    origin=ColumnRef(*invoices, "id"),
                    source=ColumnRef(*invoices, "id"),
                ),
                OutputColumn(
                    name="amount!: i64",
                    type=PgType("int8"),
                    nullable=False,
                    origin=None,
                    source=ColumnRef(*invoices, "amount_cents"),
                ),
                OutputColumn(
                    name="state",
                    type=PgType("state", "public"),
                    nullable=False,
                    origin=ColumnRef(*invoices, "state"),
                    source=ColumnRef(*invoices, "state"),
                ),
                OutputColumn(
                    name="tags",
                    type=PgType("text", dimensions=1),
                    nullable=True,
                    origin=ColumnRef(*invoices, "tags"),
                    source=ColumnRef(*invoices, "tags"),
                ),
            ),
            parameters=(PgType("int8"), PgType("timestamptz")),
            bindings=(
                Binding(1, ColumnRef(*invoices, "customer")),
                Binding(2, ColumnRef(*invoices, "due")),
            ),
            scans=(UnindexedScan(ColumnRef(*invoices, "customer"), "equality"),),
        )
    ]


@pytest.mark.parametrize(
    ("sql", "verdict"),
    [
        ("select nope from invoices", Rejected(sqlstate="42703", message='column "nope" does not exist', offset=7)),
        (
            "select * from invoice",
            Rejected(sqlstate="42P01", message='relation "invoice" does not exist', offset=14),
        ),
        (
            "select id from invoices where amount_cents = 'x'::text",
            Rejected(
                sqlstate="42883",
                message="operator does not exist: integer = text",
                offset=43,
                hint="No operator matches the given name and argument types. "
                "You might need to add explicit type casts.",
            ),
        ),
        (
            "select 1; select 2",
            Rejected(sqlstate="42601", message="cannot insert multiple commands into a prepared statement"),
        ),
        ("select $1 is null", Rejected(sqlstate="42P18", message="could not determine data type of parameter $1")),
        ("", Typed(columns=(), parameters=())),
        (
            "delete from invoices where id = $1",
            Typed(
                columns=(),
                parameters=(PgType("int8"),),
                bindings=(Binding(1, ColumnRef("public", "invoices", "id")),),
            ),
        ),
    ],
)
def test_an_error_is_its_own_querys_only(
    scratch: ScratchServer, migrations: Migrations, sql: str, verdict: Typed | Rejected
) -> None:
    before, found, after = _typed(scratch, migrations(_FILES), "select 1 as a", sql, "select 2 as b")
    assert found == verdict
    assert isinstance(before, Typed)
    assert isinstance(after, Typed)


@pytest.mark.parametrize(
    ("sql", "nullable"),
    [
        ("select amount_cents from invoices", False),
        ("select due from invoices", True),
        ("select address from customers", False),
        ("select name from customers c join invoices i on i.customer = c.id", False),
        ("select name from invoices i left join customers c on i.customer = c.id", True),
        ("select c.name from (select c.name from invoices i full join customers c on true) c", True),
        ("select name from customers where name = 'left'", False),
        ("select left(name, 1) from customers", False),
        ("select name from customers where left(name, 1) = 'a'", False),
        ("select name from customers group by rollup (name)", True),
        ("select amount_cents from open_invoices", False),
        ("select due from invoices where due is not null", False),
        ("select due from invoices where id = $1", True),
        ("select count(*) from invoices", False),
        ("select sum(amount_cents) from invoices", True),
        ("select coalesce(sum(amount_cents), 0)::bigint as total from invoices", False),
        ("select coalesce(due, now()) from invoices", False),
        ("select exists (select from invoices)", False),
        ("select 1", False),
        ("select null::int", True),
        ("select id from invoices union select id from customers", False),
        ("insert into invoices (amount_cents) values (1) returning id", False),
        ("insert into invoices (amount_cents, due) values (1, $1) returning due", True),
        ("insert into invoices (amount_cents) values (1) returning old.id", None),
    ],
)
def test_nullability_is_only_said_where_it_is_certain(
    scratch: ScratchServer, migrations: Migrations, sql: str, nullable: bool | None
) -> None:
    (verdict,) = _typed(scratch, migrations(_FILES), sql)
    assert [column.nullable for column in _columns(verdict)] == [nullable]


@pytest.mark.parametrize(
    ("sql", "always"),
    [
        ("select null as due, amount_cents from invoices", [True, False]),
        ("select null::timestamptz as due, 'x' from invoices", [True, False]),
        ("select null as due union all select due::text from invoices", [False]),
        ("insert into invoices (amount_cents) values (1) returning null as due", [True]),
    ],
)
def test_a_column_that_is_the_constant_null(
    scratch: ScratchServer, migrations: Migrations, sql: str, always: list[bool]
) -> None:
    (verdict,) = _typed(scratch, migrations(_FILES), sql)
    assert [column.always_null for column in _columns(verdict)] == always


_AMOUNT = ColumnRef("public", "invoices", "amount_cents")
_IDS = [ColumnRef("public", "invoices", "id"), ColumnRef("public", "customers", "id")]


@pytest.mark.parametrize(
    ("sql", "sources"),
    [
        ("select amount_cents::bigint from invoices", [_AMOUNT]),
        ("select cast(i.amount_cents as text) as a from invoices i", [_AMOUNT]),
        ("select (amount_cents::bigint)::text from invoices i join customers c on c.id = i.customer", [_AMOUNT]),
        ("select x.a::text from (select amount_cents::bigint as a from invoices) x", [_AMOUNT]),
        ("with x as (select amount_cents as a from invoices) select a::bigint from x", [_AMOUNT]),
        ("with x as (select * from invoices) select amount_cents::bigint from x", [_AMOUNT]),
        ("select amount_cents::bigint as b, * from (select amount_cents, 1 from invoices) i", [_AMOUNT] * 2 + [None]),
        ("insert into invoices (amount_cents) values (1) returning amount_cents::bigint", [_AMOUNT]),
        ("update invoices set due = now() returning amount_cents::bigint", [_AMOUNT]),
        ("select amount_cents + 1 from invoices", [None]),
        ("select sum(amount_cents) from invoices", [None]),
        ("select tags[1] from invoices", [None]),
        ("select i.id::text, c.id::text from invoices i, customers c", _IDS),
        ("select a::text from generate_series(1, 2) a", [None]),
    ],
)  # fmt: skip
def test_the_column_behind_casts(
    scratch: ScratchServer, migrations: Migrations, sql: str, sources: list[ColumnRef | None]
) -> None:
    (verdict,) = _typed(scratch, migrations(_FILES), sql)
    assert [column.source for column in _columns(verdict)] == sources


def test_every_shape_is_built_from_its_version_and_its_mending(scratch: ScratchServer, migrations: Migrations) -> None:
    files = migrations(_FILES)
    query = Query(QueryKey("src/q.rs", "q", 1), "select amount_cents from invoices")
    requests = [
        ShapeRequest(digest=None),
        ShapeRequest(digest="old", version="1"),
        ShapeRequest(digest="same", version="2"),
        ShapeRequest(
            digest="mended", version="2", mending=("alter table invoices alter column amount_cents type numeric",)
        ),
        ShapeRequest(digest="gone", version="3", mending=("alter table invoices drop column amount_cents",)),
        ShapeRequest(digest="broken", version="3", mending=("alter table nope add a int",)),
        ShapeRequest(digest="ahead", version="77"),
    ]
    found = {typing.shape: typing.queries[0] for typing in type_queries(scratch, files, requests, [query])}
    types = {
        shape: str(typing.verdict.columns[0].type)
        for shape, typing in found.items()
        if isinstance(typing.verdict, Typed)
    }
    assert types == {None: "bigint", "old": "integer", "same": "bigint", "mended": "numeric", "ahead": "bigint"}
    assert found["gone"].verdict == Rejected(sqlstate="42703", message='column "amount_cents" does not exist', offset=7)
    assert found["broken"].verdict is None
    assert found["broken"].unchecked == (
        'the tenant\'s schema could not be rebuilt on the replay server: relation "nope" does not exist '
        "(in `alter table nope add a int`)"
    )


def test_shapes_behind_a_failed_migration_are_not_checked(scratch: ScratchServer, migrations: Migrations) -> None:
    files = migrations({**_FILES, "2_widen.sql": "alter table nope add a int;"})
    query = Query(QueryKey("src/q.rs", "q", 1), "select 1")
    old, newest = type_queries(
        scratch, files, [ShapeRequest(digest="old", version="1"), ShapeRequest(digest=None)], [query]
    )
    assert isinstance(old.queries[0].verdict, Typed)
    assert (newest.queries[0].verdict, newest.queries[0].unchecked) == (
        None,
        'the migrations stop at migrations/2_widen.sql:1:1: relation "nope" does not exist',
    )


def test_more_queries_than_fit_into_one_batch(scratch: ScratchServer, migrations: Migrations) -> None:
    queries = [f"select {n} as a, nope" if n % 3 == 0 else f"select {n} as a" for n in range(200)]
    verdicts = _typed(scratch, migrations(_FILES), *queries)
    assert [isinstance(verdict, Rejected) for verdict in verdicts] == [n % 3 == 0 for n in range(200)]


def test_no_queries_and_no_shapes(scratch: ScratchServer, migrations: Migrations) -> None:
    files = migrations(_FILES)
    assert type_queries(scratch, files, [], []) == ()
    (typing,) = type_queries(scratch, files, [ShapeRequest(digest=None)], [])
    assert typing.queries == ()


_INTERVAL, _TEXT, _INT = PgType("interval"), PgType("text"), PgType("int4")
_NO_OPERATOR = Rejected(
    sqlstate="42883",
    message="operator does not exist: bigint = text",
    hint="No operator matches the given name and argument types. You might need to add explicit type casts.",
)


@pytest.mark.parametrize(
    ("sql", "declared", "parameters"),
    [
        ("select id from invoices where due < now() - $1", (_INTERVAL,), (_INTERVAL,)),
        ("select unnest($1)", (PgType("text", dimensions=1),), (PgType("text", dimensions=1),)),
        ("select concat($1, $2)", (_TEXT, _INT), (_TEXT, _INT)),
        ("select id from invoices where state = $1", (PgType("state", "public"),), (PgType("state", "public"),)),
        # a type that this schema lacks is not declared
        ("select id from invoices where id = $1", (PgType("gone", "public"),), (PgType("int8"),)),
        # a value that nothing reads is a parameter too
        ("select id from invoices where id = $1", (PgType("int8"), _TEXT), (PgType("int8"), _TEXT)),
        # and PostgreSQL chooses what nobody declares
        ("select id from invoices where id = $2 and region = $1", (None, _INT), (_TEXT, _INT)),
    ],
)
def test_declared_types_decide(
    scratch: ScratchServer,
    migrations: Migrations,
    sql: str,
    declared: tuple[PgType | None, ...],
    parameters: tuple[PgType, ...],
) -> None:
    query = Query(QueryKey("src/q.rs", "q", 1), sql, declared)
    (shape,) = type_queries(scratch, migrations(_FILES), [ShapeRequest(digest=None)], [query])
    (typing,) = shape.queries
    assert isinstance(typing.verdict, Typed)
    assert (typing.verdict.parameters, typing.declared, typing.undeclared) == (parameters, declared, None)


def test_what_only_declared_types_make_postgresql_refuse_is_also_typed_without(
    scratch: ScratchServer, migrations: Migrations
) -> None:
    sql = "select id from invoices where id = $1"
    queries = [
        Query(QueryKey("src/q.rs", "text", 1), sql, (_TEXT,)),
        Query(QueryKey("src/q.rs", "number", 1), sql, (_INT,)),
        Query(QueryKey("src/q.rs", "partly", 1), f"{sql} and region = $2", (_TEXT, None)),
        Query(QueryKey("src/q.rs", "broken", 1), f"{sql} and nope", (_INT,)),
    ]
    (shape,) = type_queries(scratch, migrations(_FILES), [ShapeRequest(digest=None)], queries)
    text, number, partly, broken = shape.queries
    assert (text.verdict, text.declared) == (replace(_NO_OPERATOR, offset=33), (_TEXT,))
    assert text.undeclared is not None
    assert text.undeclared.bindings == (Binding(1, ColumnRef("public", "invoices", "id")),)
    assert isinstance(number.verdict, Typed)
    assert number.verdict.bindings == text.undeclared.bindings
    # a refusal with types of which one is not known says nothing
    assert isinstance(partly.verdict, Typed)
    assert (partly.declared, partly.undeclared) == ((), None)
    assert isinstance(broken.verdict, Rejected)
    assert (broken.verdict.sqlstate, broken.declared, broken.undeclared) == ("42703", (_INT,), None)


def test_a_whole_row_of_a_table_has_the_tables_own_type(scratch: ScratchServer, migrations: Migrations) -> None:
    sql = (
        'select c as "buyer: Customer", array_agg(o) as open, (c.id, c.name) as pair '
        "from open_invoices o left join invoices i on i.id = o.id left join customers c on c.id = i.customer "
        "group by c, c.id, c.name"
    )
    (verdict,) = _typed(scratch, migrations(_FILES), sql)
    assert [column.type for column in _columns(verdict)] == [
        PgType("customers", "public"),
        PgType("open_invoices", "public", dimensions=1),
        PgType("record"),
    ]
