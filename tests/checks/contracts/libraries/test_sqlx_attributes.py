"""Every attribute that the Rust half emits has a meaning in this half."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_errorbudget.checks.contracts.libraries.sqlx_attributes import Mapping, SqlxAttribute, mapping_of
from pytest_errorbudget.model.rust import Attribute

RUST_HALF = Path(__file__).parents[4] / "rust_ext" / "src" / "lower" / "attributes.rs"


def test_both_halves_know_the_same_attributes():
    listed = re.search(r"SQLX_ATTRIBUTES[^=]*=\s*\[(.*?)\];", RUST_HALF.read_text(), re.DOTALL)
    assert listed is not None
    assert set(re.findall(r'"(\w+)"', listed[1])) == {attribute.value for attribute in SqlxAttribute}


@pytest.mark.parametrize(
    ("name", "value", "mapping"),
    [
        ("default", None, Mapping(default=True)),
        ("flatten", None, Mapping(flatten=True)),
        ("json", None, Mapping(json="")),
        ("json", "nullable", Mapping(json="nullable")),
        ("no_pg_array", None, Mapping()),
        ("rename", "total", Mapping()),
        ("rename_all", "camelCase", Mapping()),
        ("skip", None, Mapping(skip=True)),
        ("transparent", None, Mapping(transparent=True)),
        ("try_from", "i64", Mapping(try_from="i64")),
        ("type_name", "mood", Mapping(type_name="mood")),
    ],
)
def test_each_one_changes_the_reading_as_sqlx_does(name, value, mapping):
    assert mapping_of((Attribute(library="sqlx", name=name, value=value),)) == mapping


def test_other_libraries_attributes_are_not_sqlxs():
    assert mapping_of((Attribute(library="serde", name="default"),)) == Mapping()
