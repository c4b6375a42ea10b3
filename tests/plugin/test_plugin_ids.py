"""Node ids: known without a connection, stable, and each selects its item."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import tomli_w
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shop import SOURCES, Shop, write_shop

EXAMPLE_PROJECT = Path(__file__).parents[2] / "example_project"

IDS = [
    "errorbudget.toml::tenants",
    "errorbudget.toml::schema[acme-prod]",
    "errorbudget.toml::schema[globex]",
    "errorbudget.toml::schema[initech]",
    "errorbudget.toml::availability[acme-prod]",
    "errorbudget.toml::availability[globex]",
    "errorbudget.toml::availability[initech]",
    "errorbudget.toml::thresholds[gold/availability]",
    "errorbudget.toml::thresholds[standard/availability]",
    "errorbudget.toml::determinism[availability]",
    "migrations/0001_orders.sql::replay",
    "migrations/0002_orders_note.sql::replay",
    f"{SOURCES}/boundary.rs::ffi.meter_orders",
    f"{SOURCES}/models.rs::Order[acme-prod]",
    f"{SOURCES}/models.rs::Order[globex]",
    f"{SOURCES}/models.rs::Order[initech]",
    f"{SOURCES}/queries.rs::list_orders[acme-prod]",
    f"{SOURCES}/queries.rs::list_orders[globex]",
    f"{SOURCES}/queries.rs::list_orders[initech]",
]


def collected(shop: Shop, *arguments: str) -> list[str]:
    result = shop.run("--collect-only", "-q", "-p", "no:cacheprovider", *arguments)
    assert result.ret == pytest.ExitCode.OK, result.outlines
    return result.outlines[: result.outlines.index("")]


def test_ids_with_the_database_up(running_shop: Shop) -> None:
    running_shop.count_events()
    assert collected(running_shop) == IDS


def test_ids_with_no_variable_set(shop: Shop) -> None:
    shop.count_events()
    assert collected(shop) == IDS


def test_ids_with_the_database_down(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.count_events()
    monkeypatch.setenv("SHOP_DATABASE_URL", "postgresql://reader@127.0.0.1:1/shop")
    monkeypatch.setenv("SHOP_REPLAY_URL", "postgresql://reader@127.0.0.1:1/shop")
    assert collected(shop) == IDS


def test_a_comment_above_changes_no_id(shop: Shop) -> None:
    shop.count_events()
    shop.edit(f"{SOURCES}/models.rs", "#[derive", "// Rows.\n\n#[derive")
    assert collected(shop) == IDS


@pytest.mark.parametrize("nodeid", IDS)
def test_an_id_selects_its_item(shop: Shop, nodeid: str) -> None:
    shop.count_events()
    assert collected(shop, nodeid) == [nodeid]


def test_verbose_lines_are_ids(running_shop: Shop) -> None:
    result = running_shop.run("-v", f"{SOURCES}/boundary.rs")
    result.stdout.fnmatch_lines([f"{SOURCES}/boundary.rs::ffi.meter_orders PASSED*"])


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.lists(NAMES, min_size=1, max_size=3, unique=True))
@example(["a::b", "x[1]", "line\nbreak", "a blank", " ", "größe", "a/b", "%41", "A"])
def test_any_tenant_name_gives_an_id_that_selects_it(pytester: pytest.Pytester, names: Sequence[str]) -> None:
    shop = write_shop(pytester)
    schemas = {name: f"schema_{number}" for number, name in enumerate(names)}
    shop.write("errorbudget.toml", tomli_w.dumps({"database": [{"tenants": {"layout": "schema", "names": schemas}}]}))
    ids = [nodeid for nodeid in collected(shop) if nodeid.startswith("errorbudget.toml::schema")]
    assert len(set(ids)) == len(names)
    assert collected(shop, *ids) == ids
    assert [collected(shop, nodeid) for nodeid in ids] == [[nodeid] for nodeid in ids]


def test_the_example_has_an_id_for_each_item(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE_PROJECT)
    monkeypatch.delenv("LEDGERLINE_DATABASE_URL", raising=False)
    ids = collected(shop)
    generated = [nodeid for nodeid in ids if ".py::" not in nodeid]
    assert len(set(generated)) == len(generated) > 900
    assert "services/build/src/models.rs::" in "".join(generated)
    assert collected(shop, *generated[:40]) == generated[:40]
