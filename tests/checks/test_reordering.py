"""A table whose columns stand in another order is made anew with what rests on it, on a real server."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from pytest_errorbudget.checks.mending import mending
from pytest_errorbudget.checks.reordering import reordering
from pytest_errorbudget.model.differences import differences
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.readers.catalog import read_all

Connection = psycopg.Connection[tuple[Any, ...]]

_BEFORE = "create table t (id bigint primary key, a int not null check (a > 0), b text)"
_AFTER = "create table t (id bigint primary key, b text, a int not null check (a > 0))"
_VIEW = "create view v as select b, a from t where a > 1"


def _order(schema: Schema, name: str) -> list[str]:
    relation = schema.relation("public", name)
    assert relation is not None
    return [column.name for column in relation.columns]


def _read(connection: Connection, sql: str) -> Schema:
    connection.execute(sql.encode())
    return read_all(connection, "_sqlx_migrations")


@pytest.mark.parametrize(
    ("before", "after", "order"),
    [
        (_BEFORE, _AFTER, ["id", "b", "a"]),
        (f"{_BEFORE}; {_VIEW}", f"{_AFTER}; {_VIEW}", ["id", "b", "a"]),
        (f"{_BEFORE}; create index on t (lower(b)) where a > 2", f"{_AFTER}; create index on t (lower(b)) where a > 2",
         ["id", "b", "a"]),
        (_BEFORE, "create table t (c date, id bigint primary key, b text)", ["c", "id", "b"]),
        (f"{_BEFORE}; create table u (t bigint references t, n int)",
         f"{_AFTER}; create table u (n int, t bigint references t)", ["id", "b", "a"]),
    ],
    ids=["swapped", "under a view", "with an index on an expression", "among other changes", "with a foreign key"],
)  # fmt: skip
def test_a_table_gets_the_order_of_its_tenant(
    connection: Connection, before: str, after: str, order: list[str]
) -> None:
    with connection.transaction(force_rollback=True):
        target = _read(connection, after)
    with connection.transaction(force_rollback=True):
        start = _read(connection, before)
        for statement in (*mending(differences(start, target)), *reordering(start, target)):
            connection.execute(statement.encode())
        mended = read_all(connection, "_sqlx_migrations")
        assert _order(mended, "t") == order
        assert differences(mended, target) == ()


def test_tables_in_their_order_and_columns_at_the_end_need_nothing(connection: Connection) -> None:
    with connection.transaction(force_rollback=True):
        start = _read(connection, _BEFORE)
        target = _read(connection, "alter table t drop a; alter table t add c int")
    assert reordering(start, start) == ()
    assert reordering(start, target) == ()


def test_a_table_that_cannot_be_made_anew_keeps_its_order(connection: Connection) -> None:
    with connection.transaction(force_rollback=True):
        target = _read(connection, f"create type gone as (x int); {_AFTER}; alter table t add c gone")
    with connection.transaction(force_rollback=True):
        start = _read(connection, _BEFORE)
        for statement in reordering(start, target):  # without the mending that makes the type
            connection.execute(statement.encode())
        assert _order(read_all(connection, "_sqlx_migrations"), "t") == ["id", "a", "b"]
