"""Equal values have one spelling, and what has no certain spelling is refused."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from pytest_errorbudget.model.formats.canonical import canonical, sha256
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Index
from pytest_errorbudget.model.source import Span


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (-3, "-3"),
        (Fraction(72, 5), "72/5"),
        (Fraction(2), "2/1"),
        ('a"b\n', '"a\\"b\\n"'),
        (Rule.ROW_TYPE, "Rule.ROW_TYPE"),
        (date(2027, 3, 1), "2027-03-01"),
        ((1, ("x",)), '[1,["x"]]'),
        (
            Span("a.sql", 3),
            'Span{path:"a.sql",line:3,column:1,end_line:null,end_column:null}',
        ),
    ],
)
def test_a_value_is_spelled(value: object, text: str) -> None:
    assert canonical(value) == text


def test_where_something_was_written_does_not_count() -> None:
    here = Index(name="i", columns=("a",), origin=Span("1.sql", 1))
    there = Index(name="i", columns=("a",), origin=Span("2.sql", 9))
    assert sha256(here) == sha256(there)


def test_neighbouring_texts_do_not_run_together() -> None:
    assert sha256(("ab", "c")) != sha256(("a", "bc"))


@pytest.mark.parametrize("value", [1.5, {1, 2}, {"a": 1}, [1]])
def test_what_has_no_certain_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no canonical form for"):
        canonical(value)
