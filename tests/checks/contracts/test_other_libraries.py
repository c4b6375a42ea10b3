"""Rows of tokio-postgres, sea-orm and diesel, and sqlx's rows by hand: each with its own outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.model.rust_queries import QueryCall


def by_hand(world, words, call, read, column):
    world.query("load", call=call, reads=(read,))
    world.shape("a", "acme", load=words.typed(column))
    return world.run()


def test_tokio_postgres_compares_every_value(world, words):
    read = ("amount", "i32", True)
    (finding,), _ = by_hand(world, words, QueryCall.TOKIO_QUERY, read, words.output("amount", "int8", nullable=None))
    assert finding.message == "tenant `acme`: `load` reads `invoices.amount`, which is `bigint`, into `i32`"
    assert finding.consequence == (
        "Every row, NULL or not, fails at run time with `tokio_postgres::Error` (cannot convert between the Rust type "
        "`i32` and the Postgres type `int8`), and `get` panics on it."
    )
    assert finding.help == "change it to `i64`"
    assert [(str(label.span), label.text) for label in finding.labels] == [
        ("src/queries.rs:12:1", "does not fit `bigint`"),
        ("src/queries.rs:11:1", "read by `load` here"),
    ]
    assert [str(item) for item in finding.items] == ["src/queries.rs::load[acme]"]


def test_a_null_by_hand(world, words):
    read = ("note", "String", False)
    (finding,), _ = by_hand(world, words, QueryCall.TOKIO_QUERY, read, words.output("note", "text", nullable=True))
    assert finding.message == (
        "tenant `acme`: `load` reads `String`, which is not an `Option`, but `invoices.note` can be NULL"
    )
    assert finding.consequence == (
        "The first row with NULL fails at run time with `tokio_postgres::Error` (a Postgres value was `NULL`), so a "
        "500 where a handler passes it on."
    )


def test_a_column_by_hand_that_is_not_there(world, words):
    read = ("total", "i64", True)
    (finding,), _ = by_hand(world, words, QueryCall.QUERY, read, words.output("amount", "int8"))
    assert finding.message == ("tenant `acme`: `load` asks for the column `total`, and the query does not return it")
    assert finding.consequence == (
        "Every row fails at run time with `sqlx::Error::ColumnNotFound`, and `get` panics on it."
    )
    assert finding.help == "the query returns `amount`: select the column, or read another one"


@pytest.mark.parametrize(
    ("call", "key", "found"),
    [
        (QueryCall.TOKIO_QUERY, "AMOUNT", []),
        (QueryCall.QUERY, "AMOUNT", ["row-column-missing"]),
        (QueryCall.QUERY, 0, []),
        (QueryCall.QUERY, 1, ["row-position"]),
    ],
)
def test_names_are_looked_up_as_each_library_does(world, words, call, key, found):
    findings, _ = by_hand(world, words, call, (key, "i64", False), words.output("amount", "int8"))
    assert [finding.rule.id for finding in findings] == found


def test_a_type_that_the_source_does_not_say_is_counted(world, words):
    findings, (unchecked,) = by_hand(
        world, words, QueryCall.QUERY, ("amount", None, False), words.output("amount", "int8")
    )
    assert findings == ()
    assert unchecked.reason == "the source does not say the type"


def test_diesel_reads_the_sql_type_that_a_field_declares(world, words):
    row = world.struct(
        "Total",
        {"amount": "i32", "note": "Option<String>"},
        derives=("QueryableByName",),
        of_fields={"amount": "diesel:sql_type=Int4", "note": "diesel:sql_type=Nullable<Text>"},
    )
    world.query("total", call=QueryCall.DIESEL_SQL_QUERY, target=row)
    amount, note = words.output("amount", "int8"), words.output("note", "text", nullable=True)
    world.shape("a", "acme", total=words.typed(amount, note))
    (finding,), _ = world.run()
    assert finding.message == "tenant `acme`: field `amount: i32` reads `invoices.amount`, which is `bigint`"
    assert finding.consequence == (
        "Every row fails at run time with `diesel::result::Error::DeserializationError` (Received more than 4 bytes "
        "while decoding an i32), so a 500 where a handler passes it on."
    )
    assert finding.help == "change it to `Int8`"


def test_diesel_takes_the_sql_type_from_the_table(world, words):
    world.declared("invoices", {"amount": "Int4"})
    row = world.struct(
        "Total", {"amount": "i32"}, derives=("QueryableByName",), options="diesel:table_name=schema::invoices"
    )
    world.query("total", call=QueryCall.DIESEL_SQL_QUERY, target=row)
    schema = words.schema(invoices={"amount": "int8 not null"})
    world.shape("a", "acme", schema=schema, total=words.typed(words.output("amount", "int8")))
    assert [rule for rule, _ in world.reported()] == ["row-type", "table-declaration-stale"]


def test_diesel_takes_the_table_of_the_module_that_is_named(world, words):
    world.declared("invoices", {"amount": "Int8"})
    (table,) = world.tables
    world.tables = [replace(table, module="schema"), replace(table, module="old", columns=())]
    row = world.struct(
        "Total", {"amount": "i64"}, derives=("QueryableByName",), options="diesel:table_name=billing::schema::invoices"
    )
    world.query("total", call=QueryCall.DIESEL_SQL_QUERY, target=row)
    world.shape("a", "acme", total=words.typed(words.output("amount", "int4")))
    assert ("row-type", "src/models.rs::Total.amount") in [(f.rule.id, f.place) for f in world.run()[0]]


def test_sea_orm_reads_a_statement_by_name(world, words):
    row = world.struct("Total", {"amount": "u32", "gone": "i64"}, derives=("FromQueryResult",))
    world.query("total", call=QueryCall.SEA_ORM_STATEMENT, target=row)
    world.shape("a", "acme", total=words.typed(words.output("amount", "int8")))
    assert [(finding.message, finding.consequence) for finding in world.run()[0]] == [
        (
            "tenant `acme`: field `gone: i64` of `Total` asks for the column `gone`, and the query does not return it",
            "Every row fails at run time with `DbErr::Query` (no column found for name), so a 500 where a handler "
            "passes it on.",
        ),
        (
            "tenant `acme`: field `amount: u32` reads `invoices.amount`, which is `bigint`",
            "Every row fails at run time with `DbErr::Query` (Rust type `u32`, as SQL type `INT4`, is not compatible "
            "with SQL type `INT8`), so a 500 where a handler passes it on.",
        ),
    ]


def test_an_unchecked_macro_decodes_the_fields_own_type(world, words):
    world.query(target=world.struct("Invoice", {"amount": "i32"}), call=QueryCall.QUERY_AS_UNCHECKED_MACRO)
    world.shape("a", "acme", get_invoice=words.typed(words.output("amount", "int8")))
    (finding,), _ = world.run()
    assert finding.consequence == (
        "The macro decodes it as `i32` without a type check: values that fit pass, and the first that does not fails."
    )
