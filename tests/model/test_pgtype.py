"""PostgreSQL types as ``format_type`` writes them, and by their internal names."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.pgtype import PgType, quoted


@pytest.mark.parametrize(
    ("type_", "formatted", "internal"),
    [
        (PgType("int8"), "bigint", "int8"),
        (PgType("text", dimensions=1), "text[]", "text[]"),
        (PgType("numeric", modifiers=(12, 2)), "numeric(12,2)", "numeric"),
        (PgType("varchar", modifiers=(20,), dimensions=1), "character varying(20)[]", "varchar[]"),
        (PgType("bpchar", modifiers=(3,)), "character(3)", "bpchar"),
        (PgType("timestamptz"), "timestamp with time zone", "timestamptz"),
        (PgType("timestamptz", modifiers=(3,)), "timestamp(3) with time zone", "timestamptz"),
        (PgType("time", modifiers=(0,)), "time(0) without time zone", "time"),
        (PgType("interval", fields="day to second"), "interval day to second", "interval"),
        (PgType("interval", modifiers=(3,), fields="day to second"), "interval day to second(3)", "interval"),
        (PgType("char"), '"char"', "char"),
        (PgType("mood", schema="public"), "public.mood", "public.mood"),
        (PgType("Mood", schema="public", dimensions=1), 'public."Mood"[]', 'public."Mood"[]'),
    ],
)
def test_a_type_is_written(type_: PgType, formatted: str, internal: str) -> None:
    assert (type_.formatted, str(type_), type_.internal) == (formatted, formatted, internal)


@pytest.mark.parametrize(
    ("identifier", "written"),
    [("invoices", "invoices"), ("_a$1", "_a$1"), ("Invoices", '"Invoices"'), ("1a", '"1a"'), ('a"b', '"a""b"')],
)
def test_an_identifier_is_quoted_where_it_must_be(identifier: str, written: str) -> None:
    assert quoted(identifier) == written


def test_the_element_of_an_array_keeps_its_modifiers() -> None:
    assert PgType("varchar", modifiers=(20,), dimensions=1).element == PgType("varchar", modifiers=(20,))
