"""Which numbers a type can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.checks.contracts.numbers import Exact, Whole, loses, of_pg, of_rust
from pytest_errorbudget.model.pgtype import PgType


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [
        (PgType("int8"), "i32", True),
        (PgType("int4"), "i32", False),
        (PgType("int4"), "u32", False),
        (PgType("int8"), "usize", False),
        (PgType("int8"), "f64", False),
        (PgType("int4"), "f32", True),
        (PgType("int2"), "f32", False),
        (PgType("float8"), "f32", True),
        (PgType("float8"), "i64", True),
        (PgType("numeric"), "i64", True),
        (PgType("numeric", modifiers=(9, 0)), "i32", False),
        (PgType("numeric", modifiers=(10, 0)), "i32", True),
        (PgType("numeric", modifiers=(9, 2)), "i32", True),
        (PgType("numeric"), "Decimal", False),
        (PgType("numeric"), "f32", True),
    ],
)
def test_loses(source, target, lost):
    held, holds = of_pg(source), of_rust(target)
    assert held is not None
    assert holds is not None
    assert loses(held, holds) is lost


@given(st.sampled_from([8, 16, 32, 64, 128]), st.sampled_from([8, 16, 32, 64, 128]))
def test_integers_lose_exactly_where_the_largest_does_not_fit(source, target):
    assert loses(Whole(source), Whole(target)) == (Whole(source).largest > Whole(target).largest)


@given(st.integers(1, 30), st.sampled_from([16, 32, 64]))
def test_whole_decimals_lose_exactly_where_their_largest_does_not_fit(digits, bits):
    assert loses(Exact(digits, 0), Whole(bits)) == (int("9" * digits) > Whole(bits).largest)


@pytest.mark.parametrize("pg", [PgType("text"), PgType("int4", dimensions=1), PgType("int4", "mine")])
def test_other_types_hold_no_numbers(pg):
    assert of_pg(pg) is None
    assert of_rust("String") is None
