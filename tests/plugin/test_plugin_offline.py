"""Tenants that an update kept are checked where their server is not, and say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from shop import SETTINGS, SOURCES, TENANT_COUNT, Shop, provision

from pytest_errorbudget.readers.scratch import ScratchServer

FILE = "errorbudget.tenants.toml"
DRIFT = """
drop index globex.orders_note_idx;
alter table globex.orders alter column total_cents type integer;
alter table initech.orders drop column note, add column note varchar(20) not null default 'none';
create table initech.extra (id uuid primary key, "odd name" numeric(12, 2)[]);
create type initech.mood as enum ('so', 'so');
"""


@pytest.fixture
def drifted(running_shop: Shop, monkeypatch: pytest.MonkeyPatch, scratch: ScratchServer) -> Iterator[Shop]:
    """The repository, with a database in which two tenants went their own ways."""
    with scratch.database() as conninfo:
        provision(conninfo)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(DRIFT.replace("('so', 'so')", "('so', 'fine')").encode())
        monkeypatch.setenv("SHOP_DATABASE_URL", conninfo)
        yield running_shop


def findings(shop: Shop) -> Any:
    log = json.loads((shop.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))
    return log["findings"]


def test_the_findings_are_those_of_the_server(drifted: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    updated = drifted.run("--errorbudget-update")
    updated.stdout.fnmatch_lines(
        [f"{FILE} holds 3 tenants in 3 shapes, to be checked without their servers: commit it"]
    )
    live = findings(drifted)
    assert {finding["rule"] for finding in live} >= {"column-type", "index-missing", "table-unexpected", "row-type"}
    outcomes = updated.parseoutcomes()
    monkeypatch.delenv("SHOP_DATABASE_URL")
    offline = drifted.run("-v")
    assert offline.parseoutcomes() == outcomes
    assert findings(drifted) == live
    offline.stdout.fnmatch_lines([f"*taken from {FILE}, as they were on 2*: no server is named here*"])


def test_settings_without_a_url_check_the_kept_tenants(running_shop: Shop) -> None:
    running_shop.run("--errorbudget-update").assert_outcomes(passed=13)
    running_shop.write("errorbudget.toml", SETTINGS.replace('url = "env:SHOP_DATABASE_URL"\n', ""))
    running_shop.run().assert_outcomes(passed=13)


def test_a_server_that_was_named_and_does_not_answer_is_still_a_problem(
    running_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    running_shop.run("--errorbudget-update")
    running_shop.narrow_total()
    monkeypatch.setenv("SHOP_DATABASE_URL", "postgresql://reader@127.0.0.1:1/shop")
    result = running_shop.run("-v")
    result.assert_outcomes(failed=1 + TENANT_COUNT, passed=12 - TENANT_COUNT)
    result.stdout.fnmatch_lines(
        [
            "errorbudget.toml::schema[[]acme-prod[]] PASSED*",
            f"{SOURCES}/models.rs::Order[[]acme-prod[]] FAILED*",
            "error[[]server-unreachable]: *",
            f"*The tenants are checked as {FILE} has them, of 2*, and not as they are now.",
            f"*taken from {FILE}, as they were on 2*: its server could not be read*",
        ]
    )


def test_the_server_wins_where_it_answers(drifted: Shop, running_shop: Shop) -> None:
    drifted.run("--errorbudget-update")
    kept = (running_shop.root / FILE).read_text(encoding="utf-8")
    running_shop.write(FILE, kept.replace('"orders_note_idx"', '"another_idx"'))
    before = findings(drifted)
    drifted.run()
    assert findings(drifted) == before


def test_two_updates_write_the_same_text(drifted: Shop) -> None:
    drifted.run("--errorbudget-update")
    first = (drifted.root / FILE).read_text(encoding="utf-8")
    drifted.run("--errorbudget-update")
    assert (drifted.root / FILE).read_text(encoding="utf-8") == first
    assert '["index", "public", "orders", "orders_note_idx"],' in first


def test_a_new_migration_is_told_to_the_kept_tenants(running_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    running_shop.run("--errorbudget-update")
    monkeypatch.delenv("SHOP_DATABASE_URL")
    running_shop.write("migrations/0003_paid.sql", "alter table orders add column paid boolean;\n")
    result = running_shop.run("-v")
    result.assert_outcomes(passed=14)
    result.stdout.fnmatch_lines(["*tenant-behind*"])


def test_a_migration_that_was_edited_leaves_nothing_to_rebuild(
    running_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    running_shop.run("--errorbudget-update")
    monkeypatch.delenv("SHOP_DATABASE_URL")
    running_shop.edit("migrations/0001_orders.sql", "note text", "note varchar(10)")
    result = running_shop.run("-v", "-rs")
    result.assert_outcomes(failed=1 + TENANT_COUNT, passed=12 - TENANT_COUNT)
    result.stdout.fnmatch_lines(
        [
            "error[[]migration-edited]: *",
            "acme-prod *2 *not read*",
            f"not checked: 3 tenants (its schema of 2* cannot be rebuilt from {FILE}: the migrations that it had*",
        ]
    )


def test_a_tenant_that_was_not_kept_is_skipped_with_the_reason(
    running_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (running_shop.root / "errorbudget.toml").read_text(encoding="utf-8")
    running_shop.forget_a_tenant()
    running_shop.run("--errorbudget-update")
    running_shop.write("errorbudget.toml", text)
    monkeypatch.delenv("SHOP_DATABASE_URL")
    result = running_shop.run("-v", "-rs")
    result.stdout.fnmatch_lines([f"SKIPPED*it is not in {FILE}; *"])
    assert result.parseoutcomes()["skipped"] == 1


@pytest.mark.parametrize("content", ["version = 1\n[database", "version = 7\n", "version = 1\ndatabase = 1\n"])
def test_a_file_that_cannot_be_read_is_a_finding(
    running_shop: Shop, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    running_shop.write(FILE, content)
    monkeypatch.delenv("SHOP_DATABASE_URL")
    result = running_shop.run("-v")
    result.stdout.fnmatch_lines([f"error[[]settings-invalid]: `{FILE}` cannot be read: *", "FAILED *::tenants*"])
