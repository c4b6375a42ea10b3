"""A position that the query's result does not have."""

from __future__ import annotations

from pytest_errorbudget.model.rust_queries import QueryCall


def test_a_tuple_longer_than_the_row(world, words):
    world.query("pair", scalar="(i64, String)")
    world.shape("a", "acme", pair=words.typed(words.output("id", "int8")))
    (finding,), _ = world.run()
    assert finding.message == "tenant `acme`: `pair` reads column 2, and the query returns 1 column"
    assert finding.consequence == (
        "Every row fails at run time with `sqlx::Error::ColumnIndexOutOfBounds`, so a 500 where a handler passes it on."
    )
    assert finding.help == "the query returns `id`: select as many columns as are read"
    assert [(str(label.span), label.text) for label in finding.labels] == [
        ("src/queries.rs:11:1", "there is no column 2")
    ]


def test_a_row_longer_than_the_tuple_is_fine(world, words):
    world.query("pair", scalar="(i64,)")
    world.shape("a", "acme", pair=words.typed(words.output("id", "int8"), words.output("total", "int8")))
    assert world.reported() == []


def test_get_panics_where_try_get_fails(world, words):
    world.query("load", call=QueryCall.TOKIO_QUERY_ONE, reads=((1, "i64", True),))
    world.shape("a", "acme", load=words.typed(words.output("id", "int8")))
    (finding,), _ = world.run()
    assert finding.message == "tenant `acme`: `load` reads column 2, and the query returns 1 column"
    assert finding.consequence == (
        "Every row fails at run time with `tokio_postgres::Error` (invalid column), and `get` panics on it."
    )
