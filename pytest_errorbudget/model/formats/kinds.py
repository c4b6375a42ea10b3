"""What was not checked, by its kind, in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pytest_errorbudget.model.formats.wording import counted

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Cargo manifest": ("Cargo manifest", "Cargo manifests"),
        "alert": ("alert", "alerts"),
        "burn rate": ("burn rate", "burn rates"),
        "cohort": ("tenant's cohort", "tenants' cohorts"),
        "contract": ("contract", "contracts"),
        "drift": ("difference between schemas", "differences between schemas"),
        "enum": ("Rust enum", "Rust enums"),
        "events": ("source of events", "sources of events"),
        "expressions": ("comparison of expressions", "comparisons of expressions"),
        "ffi": ("FFI declaration", "FFI declarations"),
        "handler-narrowing": ("payload field", "payload fields"),
        "insert-incomplete": ("INSERT", "INSERTs"),
        "lock": ("part of the lock", "parts of the lock"),
        "migration": ("migration", "migrations"),
        "migration folder": ("folder of migrations", "folders of migrations"),
        "openslo": ("statement of OpenSLO", "statements of OpenSLO"),
        "parameter-type": ("parameter of a query", "parameters of queries"),
        "partition": ("partition", "partitions"),
        "partitions": ("comparison of partitions", "comparisons of partitions"),
        "query": ("query", "queries"),
        "relation": ("relation", "relations"),
        "row": ("row that is read", "rows that are read"),
        "row-null": ("query's NULLs", "queries' NULLs"),
        "row-type": ("column that is read", "columns that are read"),
        "rust": ("part of a Rust file", "parts of Rust files"),
        "schema": ("schema", "schemas"),
        "sequence": ("sequence", "sequences"),
        "settings": ("setting", "settings"),
        "sli query": ("SLI query", "SLI queries"),
        "sqlx-record": ("record of sqlx", "records of sqlx"),
        "statement": ("statement", "statements"),
        "table-declaration": ("table declaration", "table declarations"),
        "tenant": ("tenant", "tenants"),
        "tenant schema": ("tenant schema", "tenant schemas"),
        "tenant version": ("tenant version", "tenant versions"),
        "tenants": ("database's tenants", "databases' tenants"),
    }
)
"""Each kind of ``Unchecked``: one of it, and several."""


def counted_kind(number: int, kind: str) -> str:
    """``1 part of a Rust file``, ``4 parts of Rust files``."""
    return counted(number, *KINDS[kind])
