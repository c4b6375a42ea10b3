"""Mending turns one schema into another, on a real server."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_errorbudget.checks.mending import mending
from pytest_errorbudget.model.difference import CheckDiffers, Difference, ViewDiffers
from pytest_errorbudget.model.differences import differences
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import (
    Column,
    Constraint,
    ConstraintKind,
    EnumType,
    Index,
    Reference,
    Relation,
    RelationKind,
    Schema,
)
from pytest_errorbudget.readers.catalog import read_all

Connection = psycopg.Connection[tuple[Any, ...]]

_TYPES = (
    PgType("int4"),
    PgType("int8"),
    PgType("text"),
    PgType("varchar", modifiers=(20,)),
    PgType("numeric", modifiers=(10, 2)),
    PgType("timestamptz"),
    PgType("text", dimensions=1),
    PgType("uuid"),
)
_DEFAULTS = {"int4": "7", "int8": "-1", "text": "'it''s'", "timestamptz": "now()", "uuid": "gen_random_uuid()"}
_LABELS = st.lists(st.sampled_from(["new", "paid", "void", "on hold"]), min_size=1, unique=True)


@st.composite
def columns(draw: st.DrawFn, name: str, enums: tuple[EnumType, ...]) -> Column:
    types = [*_TYPES, *(PgType(e.name, "public") for e in enums), *(PgType(e.name, "public", (), 1) for e in enums)]
    chosen = draw(st.sampled_from(types))
    default = _DEFAULTS.get(chosen.name) if not chosen.dimensions and draw(st.booleans()) else None
    return Column(
        name=name, type=chosen, not_null=draw(st.booleans()), has_default=default is not None, default=default
    )


@st.composite
def tables(draw: st.DrawFn, name: str, enums: tuple[EnumType, ...]) -> Relation:
    names = draw(st.lists(st.sampled_from(["a", "b", "Mixed Case", "order"]), min_size=1, unique=True))
    key = Column(name="id", type=PgType("int8"), not_null=True)
    found = (key, *(draw(columns(column, enums)) for column in names))
    indexed = draw(st.lists(st.sampled_from(names), unique=True, max_size=2))
    indexes = tuple(
        Index(name=f"{name}_{column}_ix", columns=(column,), unique=draw(st.booleans()), partial=draw(st.booleans()))
        for column in indexed
    )
    constraints = [Constraint(name=f"{name}_pkey", kind=ConstraintKind.PRIMARY_KEY, columns=("id",))]
    if draw(st.booleans()):
        constraints.append(Constraint(name=f"{name}_key", kind=ConstraintKind.UNIQUE, columns=("id", names[0])))
    return Relation(
        schema="public",
        name=name,
        kind=RelationKind.TABLE,
        columns=found,
        indexes=indexes,
        constraints=tuple(constraints),
    )


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    enums = (EnumType(schema="public", name="state", labels=tuple(draw(_LABELS))),) if draw(st.booleans()) else ()
    names = draw(st.lists(st.sampled_from(["t", "u", "Big Table"]), unique=True))
    relations = [draw(tables(name, enums)) for name in names]
    if len(relations) > 1 and draw(st.booleans()):
        first, second = relations[:2]
        reference = Reference("public", second.name, ("id",))
        link = Constraint(name="link", kind=ConstraintKind.FOREIGN_KEY, columns=("id",), references=reference)
        relations[0] = Relation(
            schema="public",
            name=first.name,
            kind=first.kind,
            columns=first.columns,
            indexes=first.indexes,
            constraints=(*first.constraints, link),
        )
    return Schema(relations=tuple(relations), enums=enums)


def _left(mended: Schema, target: Schema) -> list[Difference]:
    """What is still another: a view of the right columns stands in for one whose query is not known, and a check of
    the right columns for one whose expression has no part in how a query is typed."""
    return [d for d in differences(mended, target) if not isinstance(d, ViewDiffers | CheckDiffers)]


def _apply(connection: Connection, expected: Schema, actual: Schema) -> Schema:
    for statement in mending(differences(expected, actual)):
        connection.execute(statement.encode())
    return read_all(connection, "_sqlx_migrations")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=schemas(), after=schemas())
def test_mending_turns_any_schema_into_any_other(connection: Connection, before: Schema, after: Schema) -> None:
    with connection.transaction(force_rollback=True):
        target = _apply(connection, Schema(), after)
    with connection.transaction(force_rollback=True):
        start = _apply(connection, Schema(), before)
        assert _left(_apply(connection, start, target), target) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schema=schemas())
def test_a_schema_does_not_differ_from_itself(connection: Connection, schema: Schema) -> None:
    with connection.transaction(force_rollback=True):
        built = _apply(connection, Schema(), schema)
        assert differences(built, built) == ()
        assert mending(differences(built, built)) == ()


_TABLE = "create table t (id bigserial primary key, n int not null default 3, label text);"

_GUARDED = (
    "create function f() returns trigger language plpgsql as 'begin return new; end'; create policy p on t using "
    "(label = 'a'); create trigger a before update of label on t for each row when (new.n > 1) execute function f();"
    "create view v as select id, label from t; "
    "create trigger b instead of insert on v for each row execute function f();"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{_TABLE} create view v as select id, n from t", f"{_TABLE} create view v as select id, label from t"),
        (f"{_TABLE} create view v as select id, n from t", f"{_TABLE} create materialized view v as select id from t"),
        (_TABLE, f"{_TABLE} create domain email as text not null; alter table t add address email"),
        (f"{_TABLE} alter table t add check (n > 0) not valid", f"{_TABLE} alter table t add check (n > 0)"),
        (_TABLE, f"{_TABLE} alter table t alter n drop default, alter n add generated always as identity"),
        (f"{_TABLE} create index on t (lower(label)) where n > 0", f"{_TABLE} create index on t (upper(label))"),
        (
            f"{_TABLE} create type s as enum ('a'); alter table t add s s default 'a'",
            f"{_TABLE} alter table t add s int",
        ),
        (
            f"{_TABLE} create type s as enum ('a', 'b'); alter table t add s s default 'a'",
            f"{_TABLE} create type s as enum ('b', 'a', 'c'); alter table t add s s default 'a'",
        ),
        (
            f"{_TABLE} create type s as enum ('a', 'b'); alter table t add s s default 'a', add check (s <> 'b');"
            "create unique index on t (n) where s = 'b'; create view v as select id from t where s = 'b'",
            f"{_TABLE} create type s as enum ('a', 'b', 'c'); alter table t add s s default 'a', add check (s <> 'b');"
            "create unique index on t (n) where s = 'b'; create view v as select id from t where s = 'b'",
        ),
        (
            f"{_TABLE} create view v as select id from t where label = 'a'; create view w as select id from v",
            f"{_TABLE} alter table t alter label type varchar(9);"
            "create view v as select id from t where label = 'a'; create view w as select id from v",
        ),
        (f"{_TABLE} create type p as (x int)", _TABLE),
        (_TABLE, f"{_TABLE} create type p as (x int, y text)"),
        (
            f"{_TABLE} create type p as (x int, y text); alter table t add p p, add ps p[]",
            f"{_TABLE} create type p as (z date, y bigint, x int); alter table t add p p, add ps p[]",
        ),
        (f"{_TABLE} create extension citext; alter table t add c citext", f"{_TABLE} create extension citext"),
        (
            f"{_TABLE} {_GUARDED}",
            f"{_TABLE} alter table t alter label type varchar(9), alter n type bigint; {_GUARDED}",
        ),
    ],
    ids=[
        "view column",
        "view kind",
        "domain",
        "unproven check",
        "identity",
        "expressions",
        "enum gone",
        "enum labels",
        "enum labels that a check, an index and a view name",
        "a column on which views rest",
        "composite type gone",
        "composite type",
        "members of a composite type in use",
        "extension type",
        "columns that triggers and a policy name",
    ],
)
def test_mending_reaches_what_real_statements_make(connection: Connection, before: str, after: str) -> None:
    with connection.transaction(force_rollback=True):
        connection.execute(after.encode())
        target = read_all(connection, "_sqlx_migrations")
    with connection.transaction(force_rollback=True):
        connection.execute(before.encode())
        start = read_all(connection, "_sqlx_migrations")
        assert _left(_apply(connection, start, target), target) == []
