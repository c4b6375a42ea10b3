"""sqlx's table, against the same table written the other way round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rust_types import rust

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.sqlx import ABSENT, RANGES, TABLE, accepts, sql_name_of
from pytest_errorbudget.model.pgtype import PgType

STRINGS = {"str", "String", "PgCiText", "Text<Level>"}
JSON = {"Json<T>", "Value", "JsonValue", "RawValue", "JsonRawValue"}
ADDRESSES = {"IpNetwork", "IpNet", "IpAddr"}

BY_COLUMN: dict[str, set[str]] = {
    "bool": {"bool"},
    "char": {"i8", "NonZeroI8"},
    "int2": {"i16", "NonZeroI16"},
    "int4": {"i32", "NonZeroI32"},
    "int8": {"i64", "NonZeroI64"},
    "oid": {"Oid"},
    "float4": {"f32"},
    "float8": {"f64"},
    "numeric": {"Decimal", "BigDecimal"},
    "text": STRINGS,
    "varchar": STRINGS,
    "bpchar": STRINGS,
    "name": STRINGS,
    "bytea": {"Vec<u8>", "[u8]"},
    "uuid": {"Uuid"},
    "date": {"NaiveDate", "Date"},
    "time": {"NaiveTime", "Time"},
    "timetz": {"PgTimeTz"},
    "timestamp": {"NaiveDateTime", "PrimitiveDateTime"},
    "timestamptz": {"DateTime<Utc>", "OffsetDateTime"},
    "interval": {"PgInterval"},
    "json": JSON,
    "jsonb": JSON,
    "inet": ADDRESSES,
    "cidr": ADDRESSES,
    "macaddr": {"MacAddress"},
    "bit": {"BitVec"},
    "varbit": {"BitVec"},
    "money": {"PgMoney"},
    "point": {"PgPoint"},
    "int8range": {"PgRange<i64>"},
    "tstzrange": {"PgRange<DateTime<Utc>>", "PgRange<OffsetDateTime>"},
    "void": {"()"},
}
RUST = sorted(set().union(*BY_COLUMN.values()))


@given(st.sampled_from(RUST), st.sampled_from(sorted(BY_COLUMN)))
def test_a_type_is_accepted_exactly_where_the_column_lists_it(written, column):
    answer = accepts(rust(written), PgType(column))
    assert (answer == Accepts()) == (written in BY_COLUMN[column])


@given(st.sampled_from(RUST), st.sampled_from(sorted(BY_COLUMN)), st.sampled_from(["Option<{}>", "Box<{}>", "&{}"]))
def test_options_and_pointers_accept_what_is_inside(written, column, wrapper):
    inner, outer = rust(written), rust(wrapper.format(written))
    assert accepts(outer, PgType(column)) == accepts(inner, PgType(column))


@given(st.sampled_from(RUST), st.sampled_from(sorted(BY_COLUMN)))
def test_arrays_accept_what_their_elements_accept(written, column):
    array = accepts(rust(f"Vec<{written}>"), PgType(column, dimensions=1))
    assert (array == Accepts()) == (written in BY_COLUMN[column])


@given(st.sampled_from(RUST), st.sampled_from(sorted(BY_COLUMN)))
def test_an_array_is_no_scalar(written, column):
    if column != "bytea":
        assert accepts(rust(f"Vec<{written}>"), PgType(column)) != Accepts()
    assert accepts(rust(written), PgType(column, dimensions=1)) != Accepts()


@pytest.mark.parametrize("name", sorted(ABSENT))
def test_types_that_sqlx_lacks(name):
    assert accepts(rust(name), PgType("int4")) == Refuses(None)


@pytest.mark.parametrize(
    ("written", "pg", "answer"),
    [
        ("String", PgType("citext", "public"), Accepts()),
        ("PgHstore", PgType("hstore", "extensions"), Accepts()),
        ("String", PgType("text", "public"), Refuses("TEXT")),
        ("i8", PgType("int2"), Refuses('"CHAR"')),
        ("Vec<i32>", PgType("int8", dimensions=1), Refuses("INT4[]")),
        ("Vec<i32>", PgType("int4"), Refuses("INT4[]")),
        (
            "Vec<String>",
            PgType("email", "public", dimensions=1),
            NotKnown("the elements of `public.email[]` have a type of the schema's own"),
        ),
        ("PgRange<i32>", PgType("int8range"), Refuses("INT4RANGE")),
        ("Invoice", PgType("text"), NotKnown("sqlx's own table has no `Invoice`")),
    ],
)
def test_particular_answers(written, pg, answer):
    assert accepts(rust(written), pg) == answer


def test_every_row_names_its_source_and_stands_once():
    assert all(row.source.endswith(".rs") for row in TABLE)
    assert len({row.rust for row in TABLE}) == len(TABLE)
    assert set(RANGES.values()) <= {name for row in TABLE for name in row.names}


@pytest.mark.parametrize(
    ("pg", "shown"),
    [
        (PgType("int8"), "INT8"),
        (PgType("char"), '"CHAR"'),
        (PgType("text", dimensions=1), "TEXT[]"),
        (PgType("mood", "public"), "mood"),
    ],
)
def test_types_are_named_as_sqlx_names_them(pg, shown):
    assert sql_name_of(pg) == shown
