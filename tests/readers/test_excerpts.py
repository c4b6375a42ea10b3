"""Findings drawn as rustc draws its own."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.model.finding import Affected, Finding, Label, LabelKind
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.excerpts import draw

RUST = "#[derive(FromRow)]\npub struct Invoice {\n    pub amount: i32,\n}\n"
SQL = "ALTER TABLE invoices\n    ALTER amount TYPE bigint;\n"
SOURCES = {"src/rows.rs": RUST, "migrations/0007.sql": SQL}

FINDING = Finding(
    rule=Rule.ROW_TYPE,
    severity=Severity.ERROR,
    message="`Invoice.amount` is `i32`, the column is `bigint`",
    place="src/rows.rs::Invoice.amount",
    affected=(Affected(ItemId("src/rows.rs", "Invoice"), "acme-prod"),),
    labels=(
        Label(Span("migrations/0007.sql", 2, 5, 2, 29), "`bigint` since here", LabelKind.CONTEXT),
        Label(Span("src/rows.rs", 3, 17, 3, 20), "reads `integer`"),
    ),
    consequence="sqlx returns `ColumnDecode` for every row, so the handler answers 500.",
    help="Make the field `i64`.",
)


def test_rust_and_sql_in_one_message() -> None:
    assert draw(FINDING, SOURCES.get) == (
        "error[row-type]: `Invoice.amount` is `i32`, the column is `bigint`\n"
        " --> src/rows.rs:3:17\n"
        "  |\n"
        "3 |     pub amount: i32,\n"
        "  |                 ^^^ reads `integer`\n"
        "  |\n"
        " ::: migrations/0007.sql:2:5\n"
        "  |\n"
        "2 |     ALTER amount TYPE bigint;\n"
        "  |     ------------------------ `bigint` since here\n"
        "  |\n"
        "  = note: sqlx returns `ColumnDecode` for every row, so the handler answers 500.\n"
        "  = note: tenant: acme-prod\n"
        "  = help: Make the field `i64`."
    )


def test_a_missing_source_is_a_location_line() -> None:
    finding = replace(FINDING, labels=(Label(Span("gone.rs", 7, 3), "set here"),), help="", affected=())
    assert draw(finding, SOURCES.get) == (
        "error[row-type]: `Invoice.amount` is `i32`, the column is `bigint`\n"
        " --> gone.rs:7:3\n"
        "  = note: set here\n"
        "  = note: sqlx returns `ColumnDecode` for every row, so the handler answers 500."
    )


def test_a_place_beyond_the_text_is_a_location_line() -> None:
    finding = replace(FINDING, labels=(Label(Span("src/rows.rs", 99, 1), "here"),), consequence="", help="")
    assert " --> src/rows.rs:99:1\n" in draw(finding, SOURCES.get)


def test_a_warning_without_places() -> None:
    finding = replace(
        FINDING, severity=Severity.WARNING, labels=(), consequence="", help="", affected=(), message="no events"
    )
    assert draw(finding, SOURCES.get) == "warning[row-type]: no events"


def test_many_tenants_are_counted() -> None:
    affected = tuple(Affected(ItemId("a", "b"), f"t{number:02}") for number in range(20))
    text = draw(replace(FINDING, affected=affected), SOURCES.get)
    named = ", ".join(f"t{number:02}" for number in range(16))
    assert f"  = note: 20 tenants: {named} and 4 more\n" in text


def test_there_are_no_colours_to_spoil_a_log() -> None:
    assert "\x1b[" not in draw(FINDING, SOURCES.get)


NUMBERS = st.integers(0, 2**32 - 1) | st.integers(0, 5)


@given(st.text(), NUMBERS, NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS, st.text())
def test_no_place_and_no_text_is_a_crash(
    text: str, line: int, column: int, end_line: int | None, end_column: int | None, label: str
) -> None:
    span = Span("a", line, column, end_line, end_column)
    finding = replace(FINDING, labels=(Label(span, label), Label(Span("a", 1, 1, 1, 2), "", LabelKind.CONTEXT)))
    assert draw(finding, {"a": text}.get).startswith("error[row-type]: ")
