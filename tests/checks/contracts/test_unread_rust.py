"""Rust that could not be read."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts import boundary_findings, contract_items
from pytest_errorbudget.model.contracts import Contracts, Unread
from pytest_errorbudget.model.finding import Affected, Label
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.source import Span


def test_a_file_that_does_not_parse_is_a_finding_at_its_line():
    span = Span("src/broken.rs", 7, 3)
    contracts = Contracts(unread=(Unread(span=span, reason="expected `{`"),))
    (finding,), unchecked = boundary_findings(contracts)
    assert finding.message == "`src/broken.rs` could not be read: expected `{`"
    assert finding.labels == (Label(span, "expected `{`"),)
    assert finding.affected == (Affected(ItemId("src/broken.rs", "parse")),)
    assert finding.consequence == "Rows, queries, handlers and FFI functions behind this place are not checked."
    assert unchecked == ()
    assert contract_items(contracts, ()) == (ItemId("src/broken.rs", "parse"),)


def test_parts_that_are_not_followed_are_counted_and_fail_nothing() -> None:
    span = Span("src/main.rs", 7, 5)
    contracts = Contracts(gaps=(Unread(span=span, reason="the handler of GET `/` is a closure"),))
    assert boundary_findings(contracts) == (
        (),
        (Unchecked("rust", "src/main.rs:7", "the handler of GET `/` is a closure", span),),
    )
