"""A macro's ``"x!"`` on a column that can be NULL."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.severity import Severity


def test_an_author_who_says_never_null_is_warned(world, words):
    world.query(call=QueryCall.QUERY_MACRO)
    column = words.output("note!", "text", nullable=True, of="note")
    world.shape("a", "acme", get_invoice=words.typed(column))
    (finding,), _ = world.run()
    assert finding.rule.id == "override-nullable"
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "tenant `acme`: `get_invoice` declares `note!` never NULL, but the query's column `note!` can be NULL"
    )
    assert finding.consequence == (
        "The first row with NULL fails at run time with `sqlx::Error::ColumnDecode` (unexpected null; try decoding as "
        "an `Option`), so a 500 where a handler passes it on."
    )
    assert finding.help == "remove the `!`, or make the column NOT NULL in a migration"


@pytest.mark.parametrize(("name", "nullable"), [("note!", False), ("note!", None), ("note?", True)])
def test_nothing_is_said_where_the_author_may_be_right(world, words, name, nullable):
    world.query(call=QueryCall.QUERY_MACRO)
    world.shape("a", "acme", get_invoice=words.typed(words.output(name, "text", nullable=nullable, of="note")))
    assert world.reported() == []
