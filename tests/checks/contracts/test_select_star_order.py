"""What is read by position is another column in some tenants."""

from __future__ import annotations

from pytest_errorbudget.model.rust_queries import QueryCall


def test_a_macro_reads_by_the_position_it_was_compiled_with(world, words):
    world.query(target=world.struct("Invoice", {"id": "i64", "total": "i64"}), call=QueryCall.QUERY_AS_MACRO)
    identifier, total = words.output("id", "int8"), words.output("total", "int8")
    world.shape("a", "acme", get_invoice=words.typed(total, identifier))
    world.shape("b", "globex", get_invoice=words.typed(identifier, total))
    world.shape(None, get_invoice=words.typed(identifier, total))
    findings, _ = world.run()
    assert [finding.message for finding in findings] == [
        "tenant `acme`: field `id: i64` reads the column `id` by its position, where another one stands",
        "tenant `acme`: field `total: i64` reads the column `total` by its position, where another one stands",
    ]
    assert findings[0].consequence == (
        "sqlx's macros read by position and do not check: another column's value is decoded, or decoding fails."
    )
    assert findings[0].help == "name the columns in the query instead of `*`"


def test_a_tuple_reads_what_most_tenants_have_there(world, words):
    world.query("pair", scalar="(i64, i64)")
    identifier, total = words.output("id", "int8"), words.output("total", "int8")
    world.shape("a", "acme", pair=words.typed(total, identifier))
    world.shape("b", "globex", "initech", pair=words.typed(identifier, total))
    findings, _ = world.run()
    assert [finding.message for finding in findings] == [
        "tenant `acme`: `pair` reads the column `id` by its position, where `total` stands",
        "tenant `acme`: `pair` reads the column `total` by its position, where `id` stands",
    ]
    assert findings[0].consequence == (
        "Another column's value is read without an error where its type fits, and decoding fails where it does not."
    )


def test_names_do_not_care_for_the_order(world, words):
    world.query(target=world.struct("Invoice", {"id": "i64", "total": "i64"}))
    identifier, total = words.output("id", "int8"), words.output("total", "int8")
    world.shape("a", "acme", get_invoice=words.typed(total, identifier))
    world.shape("b", "globex", get_invoice=words.typed(identifier, total))
    assert world.reported() == []
