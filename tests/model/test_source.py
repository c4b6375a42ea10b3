"""A span is written as editors and terminals link it."""

from __future__ import annotations

from pytest_errorbudget.model.source import Span


def test_a_span_is_written_with_path_line_and_column() -> None:
    assert str(Span("migrations/0007_widen_amount.sql", 3, 14, 3, 20)) == "migrations/0007_widen_amount.sql:3:14"


def test_the_column_is_1_where_it_is_not_known() -> None:
    assert str(Span("Cargo.toml", 2)) == "Cargo.toml:2:1"


def test_spans_are_ordered_by_path_line_and_column() -> None:
    assert sorted([Span("b", 1), Span("a", 2, 5), Span("a", 2, 1), Span("a", 10)]) == [
        Span("a", 2, 1),
        Span("a", 2, 5),
        Span("a", 10),
        Span("b", 1),
    ]
