"""A field that asks for a column which the query does not return."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.rust_queries import QueryCall


def test_a_function_fails_for_every_row(world, words):
    world.query(target=world.struct("Invoice", {"id": "i64", "total": "i64"}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("id", "int8"), words.output("sum", "int8")))
    (finding,), _ = world.run()
    assert finding.message == (
        "tenant `acme`: field `total: i64` of `Invoice` asks for the column `total`, and the query does not return it"
    )
    assert finding.consequence == (
        "Every row fails at run time with `sqlx::Error::ColumnNotFound`, so a 500 where a handler passes it on."
    )
    assert finding.help == (
        "the query returns `id`, `sum`: select the column, rename the field, or mark it `#[sqlx(default)]`"
    )


@pytest.mark.parametrize("option", ["default", "skip", "rename=sum"])
def test_attributes_that_need_no_such_column(world, words, option):
    world.query(target=world.struct("Invoice", {"total": "i64"}, of_fields={"total": option}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("sum", "int8")))
    assert world.reported() == []


def test_a_default_of_the_struct_covers_its_fields(world, words):
    world.query(target=world.struct("Invoice", {"total": "i64"}, options="default"))
    world.shape("a", "acme", get_invoice=words.typed())
    assert world.reported() == []


def test_an_override_in_a_function_is_a_plain_name(world, words):
    world.query(target=world.struct("Invoice", {"total": "i64"}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("total!", "int8", of="-")))
    (finding,), _ = world.run()
    assert finding.help == "`\"total!\"` is understood by sqlx's macros only: write `AS total` in a function's query"


def test_a_macro_does_not_compile_and_has_no_default(world, words):
    world.query(target=world.struct("Invoice", {"id": "i64", "total": "i64"}), call=QueryCall.QUERY_AS_MACRO)
    world.shape(None, get_invoice=words.typed(words.output("id", "int8")))
    (finding,), _ = world.run()
    assert finding.consequence == "The macro does not compile against this schema: the struct literal lacks the field."
    assert finding.help == "the query returns `id`: select the column, or rename the field"


def test_a_macro_without_a_result_does_not_use_its_row(world, words):
    world.query(target=world.struct("Invoice", {"total": "i64"}), call=QueryCall.QUERY_AS_MACRO)
    world.shape(None, get_invoice=words.typed())
    assert world.reported() == []


def test_a_row_read_by_hand_is_counted(world, words):
    world.query(target=world.struct("Invoice", {"total": "i64"}, derives=("Debug",)))
    world.shape("a", "acme", get_invoice=words.typed(words.output("id", "int8")))
    findings, (unchecked,) = world.run()
    assert findings == ()
    assert unchecked.reason == "`FromRow` is not derived: the fields are read by hand"


def test_a_row_struct_that_no_query_fills_is_counted(world):
    world.struct("Orphan", {"id": "i64"})
    assert [(each.place, each.reason) for each in world.run()[1]] == [
        ("src/models.rs::Orphan", "no query that was read fills this row struct")
    ]


@pytest.mark.parametrize("call", [QueryCall.QUERY_AS, QueryCall.QUERY_AS_MACRO, QueryCall.DIESEL_SQL_QUERY])
def test_structs_of_one_name_in_one_file_are_not_told_apart(world, words, call):
    world.struct("Row", {"name": "String"})
    world.query(call=call, target=world.struct("Row", {"options": "Vec<String>"}))
    world.shape(None, get_invoice=words.typed(words.output("options", "text[]")))
    findings, unchecked = world.run()
    assert findings == ()
    assert "its file has several structs of that name" in {each.reason for each in unchecked}


def test_a_query_that_never_returns_a_row_decodes_nothing(world, words):
    world.query("delete", target=world.struct("Invoice", {"id": "i64"}), sql="DELETE FROM invoices")
    world.shape("a", "acme", delete=words.typed())
    findings, unchecked = world.run()
    assert findings == ()
    assert ("row", "src/queries.rs::delete", "the query returns no rows: nothing is read of it") in [
        (each.kind, each.place, each.reason) for each in unchecked
    ]
