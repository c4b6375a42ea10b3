"""Rust types in strings."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.contracts.libraries.rust_syntax import parse_type
from pytest_errorbudget.checks.contracts.places import shown_type
from pytest_errorbudget.model.rust import RustType


@pytest.mark.parametrize(
    ("text", "path", "arguments"),
    [
        ("i64", "i64", []),
        ("std::option::Option<i64>", "Option", ["i64"]),
        ("HashMap<String, Vec<u8>>", "HashMap", ["String", "Vec"]),
        ("&'a str", "&", ["str"]),
        ("Cow<'_, str>", "Cow", ["str"]),
        ("(i64, String)", "()", ["i64", "String"]),
        ("()", "()", []),
        ("_", "_", []),
    ],
)
def test_paths_generics_references_and_tuples(text, path, arguments):
    parsed = parse_type(text)
    assert parsed is not None
    assert (parsed.path, [a.path for a in parsed.arguments], parsed.text) == (path, arguments, text)


@pytest.mark.parametrize("text", ["", "i64 +", "Vec<", "fn() -> i32", "<T as X>::Y", "Vec<i64", "a b"])
def test_anything_else_is_not_guessed(text):
    assert parse_type(text) is None


def test_a_type_without_its_text_is_written_again():
    assert shown_type(RustType("Option", (RustType("()", (RustType("i64"), RustType("str"))),))) == "Option<(i64, str)>"
