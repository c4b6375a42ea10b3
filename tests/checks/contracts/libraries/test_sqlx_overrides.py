"""Column overrides of sqlx's macros."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import Nullness, Override, parse_override


@pytest.mark.parametrize(
    ("column", "override"),
    [
        ("amount", Override("amount")),
        ("amount!", Override("amount", Nullness.NEVER)),
        ("amount?", Override("amount", Nullness.SOMETIMES)),
        ("amount: i64", Override("amount", Nullness.INFERRED, "i64")),
        ("amount!: i64", Override("amount", Nullness.NEVER, "i64")),
        ("amount?: Vec<u8>", Override("amount", Nullness.SOMETIMES, "Vec<u8>")),
        ("state: _", Override("state", Nullness.INFERRED, "_")),
        ("state: crate::State", Override("state", Nullness.INFERRED, "crate::State")),
        ("r#type!", Override("type", Nullness.NEVER)),
        ("?column?", Override("?column?")),
        ("two words", Override("two words")),
    ],
)
def test_names_marks_and_types(column, override):
    assert parse_override(column) == override
