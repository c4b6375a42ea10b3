"""sqlx's macros: the chosen type, the conversion, and a database that changes after the build."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rust_types import rust

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts
from pytest_errorbudget.checks.contracts.libraries.sqlx import TABLE, accepts
from pytest_errorbudget.checks.contracts.libraries.sqlx_macros import Drift, chosen, converts, drift
from pytest_errorbudget.model.pgtype import PgType


@given(
    st.sampled_from([name for row in TABLE for name in row.names if not row.extension]),
    st.integers(0, 1),
    st.sampled_from([None, "OffsetDateTime", "BigDecimal", "NaiveDate"]),
)
def test_the_chosen_type_accepts_the_column(name, dimensions, like):
    pg = PgType(name, dimensions=dimensions)
    found = chosen(pg, None if like is None else rust(like))
    assert found is None or accepts(found, pg) == Accepts()


@pytest.mark.parametrize(
    ("source", "target", "answer"),
    [
        ("i32", "i64", True),
        ("i32", "Option<i64>", True),
        ("i64", "i32", False),
        ("f32", "f64", True),
        ("f64", "f32", False),
        ("i64", "f64", False),
        ("String", "i64", False),
        ("i64", "String", False),
        ("Uuid", "String", True),
        ("NaiveDateTime", "DateTime<Utc>", False),
        ("i64", "Cents", None),
        ("Cents", "i64", None),
        ("Vec<i32>", "Vec<i64>", False),
        ("Vec<i64>", "Vec<i64>", True),
    ],
)
def test_into_widens_and_never_narrows(source, target, answer):
    assert converts(rust(source), rust(target)) is answer


@pytest.mark.parametrize(
    ("written", "pg", "outcome"),
    [
        ("i64", "int4", Drift.SAFE),
        ("i32", "int8", Drift.OUT_OF_RANGE),
        ("i64", "timestamptz", Drift.OTHER_VALUE),
        ("i64", "numeric", Drift.UNDEFINED),
        ("NaiveDateTime", "timestamptz", Drift.OTHER_VALUE),
        ("f32", "float8", Drift.OTHER_VALUE),
        ("f64", "float4", Drift.UNDEFINED),
        ("String", "varchar", Drift.SAFE),
        ("Uuid", "text", Drift.UNDEFINED),
    ],
)
def test_a_changed_column_is_decoded_without_a_check(written, pg, outcome):
    assert drift(rust(written), PgType(pg)) is outcome


@pytest.mark.parametrize(
    ("pg", "like", "features", "path"),
    [
        ("timestamptz", None, "chrono", "DateTime"),
        ("timestamptz", None, "chrono time", "OffsetDateTime"),
        ("timestamptz", "DateTime<Utc>", "time", "DateTime"),
        ("numeric", None, "rust_decimal", "Decimal"),
        ("numeric", None, "bigdecimal rust_decimal", "BigDecimal"),
        ("numeric", "Decimal", "bigdecimal", "Decimal"),
        ("inet", None, "ipnet", "IpNet"),
        ("inet", None, "ipnet ipnetwork", "IpNetwork"),
    ],
)
def test_features_decide_where_the_field_does_not(pg, like, features, path):
    found = chosen(PgType(pg), None if like is None else rust(like), frozenset(features.split()))
    assert found is not None
    assert found.path == path
