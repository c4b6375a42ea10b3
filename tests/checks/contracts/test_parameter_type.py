"""A bound value that does not fit the parameter or the column that it meets."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.query_typing import Rejected
from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.severity import Severity

TABLE = {"id": "int8 not null", "key": "uuid", "note": "text", "state": "public.state", "at": "timestamptz"}


def bound(world, words, call, rust, column, *, parameter=None):
    world.query("find", call=call, parameters=(rust,), arguments=1)
    schema = words.schema({"state": "open paid"}, invoices=TABLE)
    typed = words.typed(parameters=(parameter or TABLE[column].split()[0],), bindings=((1, column),))
    world.shape("a", "acme", schema=schema, find=typed)


def test_sqlx_sends_a_type_that_postgresql_cannot_cast(world, words):
    bound(world, words, QueryCall.QUERY, "String", "key")
    (finding,), _ = world.run()
    assert finding.severity is Severity.ERROR
    assert finding.message == "tenant `acme`: `find` binds `String` to parameter 1, and `invoices.key` is `uuid`"
    assert finding.consequence == (
        "sqlx sends it as `text`, which PostgreSQL neither compares with `uuid` nor casts to it: every call fails at "
        "run time with `sqlx::Error::Database` (SQLSTATE 42883 or 42804), so a 500 where a handler passes it on."
    )
    assert finding.help == "bind a value that stands for `uuid`, or cast the parameter in the query (`$1::uuid`)"


def test_a_narrower_integer_is_a_warning(world, words):
    bound(world, words, QueryCall.QUERY, "i32", "id")
    (finding,), _ = world.run()
    assert finding.severity is Severity.WARNING
    assert finding.message == "tenant `acme`: `find` binds `i32` to parameter 1, but `invoices.id` is `bigint`"
    assert finding.consequence == (
        "Values past 2147483647 cannot be bound: what narrows them before wraps in silence or fails, and rows that "
        "have them are not found."
    )
    assert finding.help == "bind a value of the column's own width, `bigint`"


def test_tokio_postgres_compares_the_types_itself(world, words):
    bound(world, words, QueryCall.TOKIO_QUERY, "&i32", "id")
    (finding,), _ = world.run()
    assert finding.message == "tenant `acme`: `find` binds `&i32` to parameter 1, which is `bigint`"
    assert finding.consequence == (
        "Every call fails at run time with `tokio_postgres::Error` (error serializing parameter 0: cannot convert "
        "between the Rust type `&i32` and the Postgres type `int8`), so a 500 where a handler passes it on."
    )


@pytest.mark.parametrize(
    ("call", "rust", "column", "found"),
    [
        (QueryCall.QUERY, "i64", "id", 0),
        (QueryCall.QUERY, "Decimal", "id", 0),
        (QueryCall.QUERY, "&str", "note", 0),
        (QueryCall.QUERY, "Uuid", "note", 0),
        (QueryCall.QUERY, "Option<Uuid>", "key", 0),
        (QueryCall.QUERY, "&str", "state", 1),
        (QueryCall.QUERY, "State", "state", 0),
        (QueryCall.QUERY, "NaiveDate", "at", 0),
        (QueryCall.QUERY, "i64", "at", 1),
        (QueryCall.QUERY, "Vec<String>", "key", 0),
        (QueryCall.QUERY, "Mystery", "key", 0),
        (QueryCall.TOKIO_QUERY, "i64", "id", 0),
        (QueryCall.TOKIO_QUERY, "Option<i64>", "id", 0),
        (QueryCall.TOKIO_QUERY, "String", "key", 1),
        (QueryCall.DIESEL_SQL_QUERY, "Text", "key", 1),
        (QueryCall.DIESEL_SQL_QUERY, "Uuid", "key", 0),
        (QueryCall.DIESEL_SQL_QUERY, "Nullable<Integer>", "id", 1),
        (QueryCall.DIESEL_SQL_QUERY, "Array<Text>", "key", 0),
        (QueryCall.DIESEL_SQL_QUERY, "String", "key", 0),
    ],
)
def test_only_what_is_sure_to_fail_is_reported(world, words, call, rust, column, found):
    world.enum("State", "open paid")
    bound(world, words, call, rust, column)
    assert len(world.run()[0]) == found


def test_a_cast_in_the_query_is_nobodys_fault(world, words):
    sql = "select id from invoices where key = $1::uuid"
    world.query("find", call=QueryCall.QUERY, sql=sql, parameters=("String",), arguments=1)
    world.shape("a", "acme", schema=words.schema(invoices=TABLE), find=words.typed(parameters=("uuid",)))
    assert world.reported() == []


def test_a_macro_was_compared_when_it_was_compiled(world, words):
    world.query("find", call=QueryCall.QUERY_MACRO, arguments=1)
    here = words.schema(invoices={"key": "text"}), words.schema(invoices={"key": "uuid"})
    world.shape(None, schema=here[0], find=words.typed(parameters=("text",), bindings=((1, "key"),)))
    world.shape("a", "acme", schema=here[1], find=words.typed(parameters=("uuid",), bindings=((1, "key"),)))
    assert world.reported() == [
        ("parameter-type", "tenant `acme`: `find` binds `text` to parameter 1, and `invoices.key` is `uuid`")
    ]


def test_what_postgresql_refuses_for_a_bound_value_is_said_of_the_value(world, words):
    world.query("find", call=QueryCall.QUERY, parameters=("String",), arguments=1)
    world.prepared_with(
        ("text",),
        words.typed(parameters=("uuid",), bindings=((1, "key"),)),
        schema=words.schema(invoices=TABLE),
        find=Rejected(sqlstate="42883", message="operator does not exist: uuid = text", offset=30),
    )
    assert world.reported() == [
        ("parameter-type", "`find` binds `String` to parameter 1, and `invoices.key` is `uuid`")
    ]
