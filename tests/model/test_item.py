"""Node ids: what a person types to select one item."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_errorbudget.model.item import (
    ItemId,
    determinism_item,
    escape,
    ffi_item,
    handler_item,
    migration_item,
    query_item,
    schema_item,
    slo_item,
    tenants_item,
    thresholds_item,
    type_item,
)

CONFIG = "errorbudget.toml"
MODELS, QUERIES, HTTP, FFI = (f"services/billing/src/{name}.rs" for name in ("models", "queries", "http", "ffi"))
NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.mark.parametrize(
    ("item", "written"),
    [
        (tenants_item(CONFIG), "errorbudget.toml::tenants"),
        (schema_item(CONFIG, "acme-prod"), "errorbudget.toml::schema[acme-prod]"),
        (schema_item(CONFIG, "core/acme-prod"), "errorbudget.toml::schema[core/acme-prod]"),
        (slo_item(CONFIG, "availability", "acme-prod"), "errorbudget.toml::availability[acme-prod]"),
        (thresholds_item(CONFIG, "gold", "availability"), "errorbudget.toml::thresholds[gold/availability]"),
        (determinism_item(CONFIG, "availability"), "errorbudget.toml::determinism[availability]"),
        (migration_item("migrations/0007_widen_amount.sql"), "migrations/0007_widen_amount.sql::replay"),
        (type_item(MODELS, "Invoice", "acme-prod"), f"{MODELS}::Invoice[acme-prod]"),
        (type_item(MODELS, "v1::Invoice", "acme-prod"), f"{MODELS}::v1.Invoice[acme-prod]"),
        (type_item(MODELS, "Invoice", None), f"{MODELS}::Invoice"),
        (query_item(QUERIES, "list_invoices", 1, "acme-prod"), f"{QUERIES}::list_invoices[acme-prod]"),
        (query_item(QUERIES, "list_invoices", 2, None), f"{QUERIES}::list_invoices#2"),
        (handler_item(HTTP, "create_invoice", "acme-prod"), f"{HTTP}::handler.create_invoice[acme-prod]"),
        (ffi_item(FFI, "eb_record_event"), f"{FFI}::ffi.eb_record_event"),
        (schema_item(CONFIG, "a::b"), "errorbudget.toml::schema[a%3A%3Ab]"),
        (schema_item(CONFIG, "x[1]"), "errorbudget.toml::schema[x%5B1%5D]"),
        (schema_item(CONFIG, "Zürich 1"), "errorbudget.toml::schema[Z%C3%BCrich%201]"),
    ],
)
def test_an_item_is_written(item: ItemId, written: str) -> None:
    assert str(item) == written


@given(NAMES)
@example("a::b")
@example("%41")
def test_an_escaped_name_holds_only_safe_characters(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.\-%]+", escape(name))


@given(NAMES, NAMES)
@example("", "%")
@example("A", "%41")
def test_different_names_give_different_escapes(one: str, other: str) -> None:
    assert (escape(one) == escape(other)) == (one == other)


@given(NAMES.filter(bool))
def test_a_name_can_be_read_back(name: str) -> None:
    assert unquote(escape(name), errors="strict") == name
