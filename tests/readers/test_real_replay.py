"""The migrations as PostgreSQL itself runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pytest_errorbudget.model.migration import MigrationFailure, MigrationSet
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import EnumType, RelationKind, Schema
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.real_replay import replay_for_real
from pytest_errorbudget.readers.scratch import ScratchServer

Migrations = Callable[[Mapping[str, str]], MigrationSet]

_INIT = """\
create type state as enum ('new', 'paid');
create table invoices (
    id bigserial primary key,
    amount_cents integer not null,
    customer text
);
create index on invoices (customer);
"""


def _column_origin(schema: Schema, table: str, column: str) -> str:
    relation = schema.relation("public", table)
    assert relation is not None
    found = relation.column(column)
    assert found is not None
    return str(found.origin)


def test_there_is_a_schema_after_each_file(scratch: ScratchServer, migrations: Migrations) -> None:
    files = migrations(
        {
            "1_init.sql": _INIT,
            "2_widen.sql": "alter table invoices alter column amount_cents type bigint;\n",
            "10_more.sql": "alter type state add value 'void' before 'paid'; drop index invoices_customer_idx;",
        }
    )
    replay = replay_for_real(scratch, files)
    assert replay.failure is None
    assert replay.server_version == scratch.server_version
    assert [version.version for version in replay.versions] == ["1", "2", "10"]
    types, indexes, labels = [], [], []
    for version in replay.versions:
        (relation,) = version.schema.relations
        assert (relation.name, relation.kind) == ("invoices", RelationKind.TABLE)
        column = relation.column("amount_cents")
        assert column is not None
        types.append(column.type)
        indexes.append([index.name for index in relation.indexes])
        labels.append([enum.labels for enum in version.schema.enums])
    assert types == [PgType("int4"), PgType("int8"), PgType("int8")]
    assert indexes == [["invoices_customer_idx", "invoices_pkey"]] * 2 + [["invoices_pkey"]]
    assert labels == [[("new", "paid")], [("new", "paid")], [("new", "void", "paid")]]


def test_every_object_knows_the_line_that_made_it_what_it_is(scratch: ScratchServer, migrations: Migrations) -> None:
    files = migrations(
        {
            "1_init.sql": _INIT,
            "2_widen.sql": "-- wider\nalter table invoices alter column amount_cents type bigint;\n"
            "alter table invoices add column state state;\n",
            "3_do.sql": "do $$ begin\n  alter table invoices alter column customer set not null;\nend $$;\n",
        }
    )
    newest = replay_for_real(scratch, files).newest
    (relation,) = newest.relations
    assert str(relation.origin) == "migrations/1_init.sql:2:14"
    assert _column_origin(newest, "invoices", "id") == "migrations/1_init.sql:3:5"
    assert _column_origin(newest, "invoices", "amount_cents") == "migrations/2_widen.sql:2:35"
    assert _column_origin(newest, "invoices", "state") == "migrations/2_widen.sql:3:33"
    assert _column_origin(newest, "invoices", "customer") == "migrations/3_do.sql:2:37"
    assert {index.name: str(index.origin) for index in relation.indexes} == {
        "invoices_customer_idx": "migrations/1_init.sql:7:27",
        "invoices_pkey": "migrations/1_init.sql:3:5",
    }
    assert newest.enums == (EnumType(schema="public", name="state", labels=("new", "paid")),)
    assert str(newest.enums[0].origin) == "migrations/1_init.sql:1:13"


def test_tables_that_a_loop_makes_point_at_the_loop(scratch: ScratchServer, migrations: Migrations) -> None:
    text = """\
create table other (id int);
do $$
declare n int;
begin
    for n in 1..2 loop
        execute format('create table part_%s (id int)', n);
    end loop;
end $$;
"""
    newest = replay_for_real(scratch, migrations({"1_loop.sql": text})).newest
    assert [(r.name, str(r.origin)) for r in newest.relations] == [
        ("other", "migrations/1_loop.sql:1:14"),
        ("part_1", "migrations/1_loop.sql:2:1"),
        ("part_2", "migrations/1_loop.sql:2:1"),
    ]


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        (
            "create table a (id int);\n\ncreate table b (\n    id int,\n    kind nope\n);\n",
            MigrationFailure(
                span=Span("migrations/2_bad.sql", 5, 10, 5, 14),
                sqlstate="42704",
                message='type "nope" does not exist',
            ),
        ),
        (
            "select 1;\nalter table missing add column x int;",
            MigrationFailure(
                span=Span("migrations/2_bad.sql", 2, 1),
                sqlstate="42P01",
                message='relation "missing" does not exist',
            ),
        ),
        (
            'create extension if not exists "postgis";',
            MigrationFailure(
                span=Span("migrations/2_bad.sql", 1, 1),
                sqlstate="0A000",
                message='extension "postgis" is not available',
                extension="postgis",
            ),
        ),
        (
            "insert into t values (1);\ninsert into t values (1);",
            MigrationFailure(
                span=Span("migrations/2_bad.sql", 2, 1),
                sqlstate="23505",
                message='duplicate key value violates unique constraint "t_pkey"',
            ),
        ),
    ],
    ids=["position", "no position", "extension", "data"],
)
def test_a_failure_names_its_place_and_keeps_what_came_before(
    scratch: ScratchServer, migrations: Migrations, text: str, failure: MigrationFailure
) -> None:
    files = migrations(
        {"1_init.sql": "create table t (id int primary key);", "2_bad.sql": text, "3_after.sql": "drop table t;"}
    )
    replay = replay_for_real(scratch, files)
    assert replay.failure == failure
    assert [version.version for version in replay.versions] == ["1"]
    assert [relation.name for relation in replay.newest.relations] == ["t"]


@pytest.mark.parametrize(
    "text",
    [
        "-- no-transaction\ncreate index concurrently ix on t (id);",
        "create index ix on t (id); commit; create index iy on t (id);",
        "begin; create index ix on t (id); commit;",
        "select count(*) from _sqlx_migrations; create index ix on t (id);",
        "-- only a comment\n",
    ],
    ids=["outside of a transaction", "commits by itself", "its own begin", "reads the bookkeeping", "empty"],
)
def test_files_that_a_real_tool_runs_are_run(scratch: ScratchServer, migrations: Migrations, text: str) -> None:
    replay = replay_for_real(scratch, migrations({"1_init.sql": "create table t (id int);", "2_x.sql": text}))
    assert replay.failure is None
    (relation,) = replay.newest.relations
    assert ("ix" in [index.name for index in relation.indexes]) == ("ix" in text)


def test_the_bookkeeping_table_and_extensions_are_no_part_of_a_schema(
    scratch: ScratchServer, migrations: Migrations
) -> None:
    text = "create extension pg_stat_statements; create extension citext; create table t (name citext);"
    newest = replay_for_real(scratch, migrations({"1_init.sql": text})).newest
    (relation,) = newest.relations
    assert [(c.name, c.type.formatted) for c in relation.columns] == [("name", "public.citext")]
    assert (newest.enums, newest.domains) == ((), ())


@pytest.mark.parametrize(
    "made", ["create role replayed_twice", 'CREATE USER "Replayed Twice" with login', "create group Replayed_3"]
)
def test_a_role_that_another_replay_has_made_is_there(
    scratch: ScratchServer, migrations: Migrations, made: str
) -> None:
    """Roles belong to the server: two databases of one repository may each make theirs, under one name."""
    files = migrations({"1_role.sql": f"{made};\ncreate table t (id int);\n"})
    assert [replay_for_real(scratch, files).failure for _ in range(2)] == [None, None]
