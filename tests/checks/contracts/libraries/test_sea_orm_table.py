"""What sea-orm reads over sqlx."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes
from pytest_errorbudget.checks.contracts.libraries.sea_orm import accepts
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.rust import Attribute, RustEnum, RustType
from pytest_errorbudget.model.schema import EnumType, Schema
from pytest_errorbudget.model.source import Span


@pytest.mark.parametrize(
    ("rust", "column", "answer"),
    [
        ("u32", "int4", Accepts()),
        ("u32", "oid", Accepts()),
        ("u32", "int8", Refuses("INT4")),
        ("u8", "int2", Refuses(None)),
        ("u64", "int8", Refuses(None)),
        ("i8", "int2", Refuses('"CHAR"')),
        ("i8", "char", Accepts()),
        ("i64", "int4", Refuses("INT8")),
        ("Option<String>", "varchar", Accepts()),
        ("DateTime", "timestamp", Accepts()),
        ("DateTime", "timestamptz", Refuses("TIMESTAMP")),
        ("DateTimeWithTimeZone", "timestamptz", Accepts()),
        ("TimeDateTime", "timestamp", Accepts()),
        ("Json", "jsonb", Accepts()),
        ("Vec<u8>", "bytea", Accepts()),
        ("Vec<String>", "text[]", Accepts()),
        ("Vec<Mystery>", "text[]", NotKnown("sea-orm's own table has no `Vec<Mystery>`")),
        ("PgInterval", "interval", NotKnown("sea-orm's own table has no `PgInterval`")),
    ],
)
def test_rows_in_use(words, rust, column, answer):
    assert accepts(words.rust(rust), words.pg(column), OwnTypes()) == answer


@pytest.mark.parametrize(
    ("held", "column", "answer"),
    [
        ("String", PgType("state", "public"), Accepts()),
        ("String", PgType("varchar"), Accepts()),
        ("String", PgType("int4"), Refuses("TEXT")),
        ("i32", PgType("int4"), Accepts()),
        ("i32", PgType("int2"), Refuses("INT4")),
        (None, PgType("int4"), NotKnown("`State` does not say its `rs_type`")),
    ],
)
def test_an_active_enum_is_what_its_rs_type_is(held, column, answer):
    attributes = (Attribute(library="sea_orm", name="rs_type", value=held),) if held else ()
    made = RustEnum(
        name="State",
        crate="c",
        module="",
        span=Span("src/state.rs", 1),
        derives=("DeriveActiveEnum",),
        variants=(),
        attributes=attributes,
    )
    schema = Schema(enums=(EnumType(schema="public", name="state", labels=("open",)),))
    assert accepts(RustType("State"), column, OwnTypes(enums={"State": (made,)}, schema=schema)) == answer
