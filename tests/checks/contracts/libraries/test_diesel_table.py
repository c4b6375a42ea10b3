"""diesel's SQL types, and what decoding comes to where one is another."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.diesel import fits, outcome, sql_type_of
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes
from pytest_errorbudget.model.rust import Attribute, Struct
from pytest_errorbudget.model.source import Span


@pytest.mark.parametrize(
    ("sql", "column", "answer"),
    [
        ("BigInt", "int8", Accepts()),
        ("Nullable<Int4>", "int4", Accepts()),
        ("Int4", "int8", Refuses("int4")),
        ("Varchar", "text", Accepts()),
        ("Text", "public.citext", Accepts()),
        ("Text", "public.mood", NotKnown("`mood` is read as text, and written only behind a cast")),
        ("Array<Nullable<Text>>", "text[]", Accepts()),
        ("Array<Int8>", "int4[]", Refuses("int8[]")),
        ("Array<Int8>", "int8", Refuses("an array")),
        ("Range<Int4>", "int4range", Accepts()),
        ("Range<Int4>", "int8range", Refuses("int4range")),
        ("Jsonb", "json", Refuses("jsonb")),
        ("Mystery", "int8", NotKnown("diesel's own table has no `Mystery`")),
    ],
)
def test_rows_in_use(words, sql, column, answer):
    assert fits(words.rust(sql), words.pg(column), OwnTypes()) == answer


def test_a_type_of_the_services_own_has_the_name_that_it_says(words):
    mood = Struct(
        name="Mood",
        crate="c",
        module="sql_types",
        span=Span("src/schema.rs", 1),
        derives=("SqlType",),
        fields=(),
        attributes=(Attribute(library="diesel", name="postgres_type_name", value="mood"),),
    )
    own = OwnTypes(structs={"Mood": (mood,)})
    assert fits(words.rust("Nullable<Mood>"), words.pg("public.mood"), own) == Accepts()
    assert fits(words.rust("Mood"), words.pg("text"), own) == Refuses("mood")


@pytest.mark.parametrize(
    ("declared", "column", "said"),
    [
        (
            "int4",
            "int8",
            "Every row fails at run time with `diesel::result::Error::DeserializationError` (Received more than 4 "
            "bytes while decoding an i32).",
        ),
        (
            "int8",
            "int2",
            "Every row fails at run time with `diesel::result::Error::DeserializationError` (Received less than 8 "
            "bytes while decoding an i64).",
        ),
        (
            "int8",
            "float8",
            "diesel does not compare types at run time: both are 8 bytes long, so the value is read as another one, "
            "without an error.",
        ),
        (
            "text",
            "int8",
            "diesel does not compare types at run time: bytes that are no UTF-8 fail with "
            "`diesel::result::Error::DeserializationError`, all others are read as text, without an error.",
        ),
    ],
)
def test_bytes_decide(words, declared, column, said):
    assert outcome(declared, words.pg(column), "Every row", ".") == said


@pytest.mark.parametrize(
    ("column", "nullable", "sql"),
    [("int8", False, "Int8"), ("varchar", True, "Nullable<Varchar>"), ("text[]", False, "Array<Nullable<Text>>")],
)
def test_what_print_schema_writes(words, column, nullable, sql):
    assert sql_type_of(words.pg(column), nullable) == sql
