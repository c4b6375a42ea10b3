"""An ``Option`` that no row needs."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.severity import Severity


def test_an_option_over_columns_that_are_never_null(world, words):
    world.query(target=world.struct("Invoice", {"note": "Option<String>"}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("note", "text")))
    (finding,), _ = world.run()
    assert finding.severity is Severity.INFORMATION
    assert finding.message == (
        "tenant `acme`: field `note: Option<String>` is an `Option`, but `invoices.note` is never NULL"
    )
    assert finding.consequence == "Nothing fails: the code handles a `None` that no row gives."
    assert finding.help == "make it `String`, unless the column is to become nullable"
    assert [str(item) for item in finding.items] == ["src/models.rs::Invoice[acme]"]


@pytest.mark.parametrize("elsewhere", [True, None])
def test_one_tenant_that_may_give_null_is_reason_enough(world, words, elsewhere):
    world.query(target=world.struct("Invoice", {"note": "Option<String>"}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("note", "text")))
    world.shape("b", "globex", get_invoice=words.typed(words.output("note", "text", nullable=elsewhere)))
    assert world.reported() == []


def test_a_query_of_which_nothing_is_known_is_reason_enough(world, words):
    row = world.struct("Invoice", {"note": "Option<String>"})
    world.query(target=row)
    world.query("built", target=row, sql=None, unchecked="built at run time")
    world.shape("a", "acme", get_invoice=words.typed(words.output("note", "text")))
    assert world.reported() == []
