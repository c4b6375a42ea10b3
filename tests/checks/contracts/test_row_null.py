"""A field that cannot hold NULL over a column that can be NULL."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.severity import Severity


def test_a_function_fails_at_the_first_null(world, words):
    world.query(target=world.struct("Invoice", {"note": "String"}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("note", "text", nullable=True)))
    (finding,), unchecked = world.run()
    assert finding.message == "tenant `acme`: field `note: String` is not an `Option`, but `invoices.note` can be NULL"
    assert finding.consequence == (
        "The first row with NULL fails at run time with `sqlx::Error::ColumnDecode` (unexpected null; try decoding as "
        "an `Option`), so a 500 where a handler passes it on."
    )
    assert finding.help == "make it `Option<String>`, or make the column NOT NULL in a migration"
    assert finding.severity is Severity.ERROR
    assert unchecked == ()


def test_an_expression_that_can_be_null_is_a_warning(world, words):
    world.query(target=world.struct("Invoice", {"total": "i64"}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("total", "int8", nullable=True, of="-")))
    (finding,), _ = world.run()
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "tenant `acme`: field `total: i64` is not an `Option`, but the query's column `total` can be NULL"
    )


def test_a_macro_may_not_compile(world, words):
    world.query(target=world.struct("Invoice", {"note": "String"}), call=QueryCall.QUERY_AS_MACRO)
    world.shape("a", "acme", get_invoice=words.typed(words.output("note", "text", nullable=True)))
    (finding,), _ = world.run()
    assert finding.consequence == (
        "The macro does not compile where sqlx sees that the column can be NULL; where it does not, the first row with "
        "NULL fails at run time with `sqlx::Error::ColumnDecode` (unexpected null; try decoding as an `Option`)."
    )


@pytest.mark.parametrize(
    ("field", "nullable", "kinds"),
    [
        ("Option<String>", True, []),
        ("String", False, []),
        ("Option<String>", None, []),
        ("String", None, ["row-null"]),
        ("Maybe", True, ["row-type"]),
    ],
)
def test_what_is_not_known_is_counted_and_not_reported(world, words, field, nullable, kinds):
    world.query(target=world.struct("Invoice", {"note": field}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("note", "text", nullable=nullable)))
    findings, unchecked = world.run()
    assert findings == ()
    assert [each.kind for each in unchecked] == kinds


def test_unknown_nullability_is_counted_once_a_query(world, words):
    world.query(target=world.struct("Invoice", {"note": "String", "memo": "String"}))
    columns = words.output("note", "text", nullable=None), words.output("memo", "text", nullable=None)
    world.shape("a", "acme", get_invoice=words.typed(*columns))
    _, (unchecked,) = world.run()
    assert (unchecked.place, unchecked.reason) == (
        "src/queries.rs::get_invoice",
        "not known whether 2 columns can be NULL",
    )


@pytest.mark.parametrize(("held", "count"), [("i32", 1), ("Option<i32>", 0), ("Value", 0), ("TagId", 0)])
def test_a_question_mark_makes_an_option(world, words, held, count):
    row = world.struct("Session", {"tag": held}, derives=())
    world.query(call=QueryCall.QUERY_AS_MACRO, target=row)
    world.shape(None, get_invoice=words.typed(words.output("tag?", "int4", nullable=True, of="tag")))
    found = [finding for finding in world.run()[0] if finding.rule is Rule.ROW_NULL]
    assert len(found) == count
    for finding in found:
        assert finding.message == "field `tag: i32` is not an `Option`, but the query declares `tag?`"
        assert finding.consequence == (
            "The macro does not compile: `?` makes an `Option` of the value, and the field takes none."
        )
        assert finding.help == "make it `Option<i32>`, or remove the `?`"
