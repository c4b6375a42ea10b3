"""Rust's types from how they are written."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.libraries.rust_syntax import parse_type
from pytest_errorbudget.model.rust import RustType


def rust(text: str) -> RustType:
    found = parse_type(text)
    assert found is not None, text
    return found
