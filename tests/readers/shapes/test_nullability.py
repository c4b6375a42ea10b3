"""What is said of NULL, and that random rows never prove it wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator

import psycopg
import pytest
from nullability_cases import CASES, SCHEMA
from random_rows import Connection, executed, fill, values_for

from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.readers.scratch import ScratchServer
from pytest_errorbudget.readers.shapes.prepare import Asked, prepare_all

_LETTERS = {False: "N", True: "C", None: "?"}
_QUERIES = [(sql, expected) for cases in CASES.values() for sql, expected in cases]


@pytest.fixture(scope="module")
def filled(scratch: ScratchServer) -> Iterator[Connection]:
    """The schema with random rows in it."""
    with scratch.database() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(SCHEMA.encode())
        connection.execute("select setseed(0.5)")
        values = values_for(connection, [sql for sql, _ in _QUERIES], seed=1)
        assert fill(connection, values) > 100
        connection.execute("refresh materialized view shop_ids")
        yield connection


def _typed(connection: Connection, *queries: str) -> list[Typed]:
    connection.execute("begin")
    verdicts = prepare_all(connection, [Asked(query) for query in queries])
    connection.execute("rollback")
    refused = [(sql, verdict) for sql, verdict in zip(queries, verdicts, strict=True) if not isinstance(verdict, Typed)]
    assert refused == []
    return [verdict for verdict in verdicts if isinstance(verdict, Typed)]


@pytest.mark.parametrize("construct", CASES)
def test_what_is_said(filled: Connection, construct: str) -> None:
    queries = [sql for sql, _ in CASES[construct]]
    found = [
        (sql, " ".join(_LETTERS[column.nullable] for column in typed.columns))
        for sql, typed in zip(queries, _typed(filled, *queries), strict=True)
    ]
    assert found == CASES[construct]


def test_no_row_contradicts_it(filled: Connection) -> None:
    queries = [sql for sql, _ in _QUERIES]
    values = values_for(filled, queries, seed=2)
    lies, never, witnessed = [], 0, 0
    for sql, typed in zip(queries, _typed(filled, *queries), strict=True):
        seen = executed(filled, sql, typed, values)
        claims = [number for number, column in enumerate(typed.columns) if column.nullable is False]
        lies += [(sql, typed.columns[number].name) for number in claims if number in seen.nulls]
        never += len(claims)
        witnessed += len(claims) if seen.rows else 0
    assert lies == []
    assert witnessed > 0.8 * never


def test_the_same_seed_gives_the_same_values(filled: Connection) -> None:
    (text,) = filled.execute("select 'text'::regtype::oid::int8").fetchone() or (0,)
    one, other = (values_for(filled, ["select 'word'"], seed=7) for _ in range(2))
    assert [one.of(text) for _ in range(9)] == [other.of(text) for _ in range(9)]
    assert one.random.getstate() == other.random.getstate() != random.Random(8).getstate()
