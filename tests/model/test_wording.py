"""Numbers and names as the log and the terminal write them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.model.formats.wording import compact, counted, decimal, duration, named, percent_floor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (counted(1, "table"), "1 table"),
        (counted(2341, "column"), "2,341 columns"),
        (counted(0, "index", "indices"), "0 indices"),
        (compact(999), "999"),
        (compact(1_000), "1K"),
        (compact(41_249), "41.2K"),
        (compact(1_200_000), "1.2M"),
        (compact(999_960), "1M"),
        (compact(3_000_000_000), "3G"),
        (duration(0), "0 s"),
        (duration(7), "7 µs"),
        (duration(350_000), "350 ms"),
        (duration(300_000_000), "5 min"),
        (duration(3_600_000_000), "1 h"),
        (duration(273_661_000_000), "3 d 4 h"),
        (named(("a",), "tenant"), "tenant a"),
        (named(("a", "b"), "tenant"), "2 tenants: a, b"),
        (named(tuple("abcdefghijk"), "tenant"), "11 tenants: a, b, c, … (+8)"),
        (decimal(Fraction(72, 5), 2), "14.40"),
        (decimal(Fraction(1, 8), 2), "0.12"),
        (decimal(Fraction(3, 8), 2), "0.38"),
        (decimal(Fraction(10**40 + 1), 1), "1" + "0" * 39 + "1.0"),
        (percent_floor(Fraction(992, 1000)), "99.2%"),
        (percent_floor(Fraction(99_999, 100_000)), "99.9%"),
        (percent_floor(Fraction(-1, 10_000)), "-0.1%"),
    ],
)
def test_it_is_written(text: str, expected: str) -> None:
    assert text == expected


@given(st.fractions(-1000, 1000), st.integers(0, 6))
def test_a_decimal_is_within_half_a_unit_of_its_last_place(number: Fraction, places: int) -> None:
    assert abs(Fraction(Decimal(decimal(number, places))) - number) <= Fraction(1, 2 * 10**places)


@given(st.fractions(0, 2))
def test_a_share_is_never_said_to_be_larger_than_it_is(share: Fraction) -> None:
    assert Fraction(percent_floor(share).removesuffix("%")) / 100 <= share
