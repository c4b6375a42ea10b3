"""Findings in full, and what was not checked, as text."""

from __future__ import annotations

from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.report.diagnostics import allowed_line, diagnostics, one_line, unchecked_lines


def test_findings_are_drawn_one_below_the_other(run: Run) -> None:
    def draw(finding: Finding) -> str:
        return f"{finding.rule.id}\n"

    assert diagnostics(run.findings, draw) == "handler-narrowing\n\nindex-missing"


def test_a_warning_has_one_line(run: Run) -> None:
    assert one_line(run.findings[1]) == (
        "warning[index-missing] invoices.invoices_amount_idx: index `invoices_amount_idx` is missing (tenant globex)"
    )


def test_what_was_not_checked_is_counted_by_kind_and_reason(facts: Facts) -> None:
    assert list(unchecked_lines(facts.unchecked)) == [
        "not checked: 1 payload field (comes from a function's result)",
        "not checked: 2 queries (built at run time)",
    ]


def test_kinds_are_said_in_words() -> None:
    parts = tuple(Unchecked("rust", place, "not followed") for place in "ab")
    assert list(unchecked_lines(parts)) == ["not checked: 2 parts of Rust files (not followed)"]
    assert list(unchecked_lines(parts[:1])) == ["not checked: 1 part of a Rust file (not followed)"]


def test_known_findings_have_a_line_where_there_are_any(run: Run) -> None:
    assert allowed_line(run.allowed) == "allowed: 1 known finding (column-type)"
    assert allowed_line(()) is None


def test_reasons_that_differ_in_their_names_alone_share_a_line() -> None:
    fields = tuple(
        Unchecked("handler-narrowing", f"http.rs::Score.{name}", f"filled from `Player.{name}`, behind which no row is")
        for name in ("wins", "id", "rank")
    )
    other = Unchecked("handler-narrowing", "http.rs::Score.x", "computed")
    assert list(unchecked_lines((*fields, other))) == [
        "not checked: 1 payload field (computed)",
        "not checked: 3 payload fields (such as: filled from `Player.id`, behind which no row is)",
    ]
