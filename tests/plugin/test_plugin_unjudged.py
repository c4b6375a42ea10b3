"""A tenant whose events came without what the predicate reads: nobody knows how it fares, and the run says so."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from shop import Shop

REASON = "events came in this window, and for none can it be said whether it was good"


@pytest.fixture
def unjudged(running_shop: Shop) -> Shop:
    """The statuses of globex are lost, and those of initech after the first hour."""
    running_shop.count_events()
    lines = (running_shop.root / "events/requests.csv").read_text().splitlines()
    lost = [*(f"globex-{minute}," for minute in range(100)), *(f"initech-{minute}," for minute in range(60, 100))]
    running_shop.write(
        "events/requests.csv",
        "".join(f"{line.rpartition(',')[0]},\n" if line.startswith(tuple(lost)) else f"{line}\n" for line in lines),
    )
    return running_shop


def run(shop: Shop) -> pytest.RunResult:
    return shop.run("-v", "-rs", "-k", "availability and not determinism", "--errorbudget-counts=counts.csv")


def test_its_item_is_skipped_with_the_reason_and_not_passed(unjudged: Shop) -> None:
    run(unjudged).stdout.fnmatch_lines_random(
        [
            "errorbudget.toml::availability[[]acme-prod] PASSED*",
            "errorbudget.toml::availability[[]globex] SKIPPED*",
            "errorbudget.toml::availability[[]initech] PASSED*",
            f"SKIPPED [[]1] *this tenant has no number: {REASON}*",
            "warning[[]events-invalid]*: 130 events of `requests` cannot be judged for `availability`: a column that "
            "its predicate reads is null (2 tenants: globex, initech)",
        ]
    )


def test_the_log_counts_them_by_tenant_and_says_why_there_is_no_rate(unjudged: Shop) -> None:
    run(unjudged)
    log: dict[str, Any] = json.loads((unjudged.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))
    budgets = {one["tenant"]: one for one in log["budgets"]}
    told = {tenant: (one["valid"], one["unjudged"], one["no_data"]) for tenant, one in budgets.items()}
    assert told == {"acme-prod": (95, 0, None), "globex": (0, 95, REASON), "initech": (60, 35, None)}
    newest = {tenant: one["burns"][0] for tenant, one in budgets.items()}
    assert [newest[tenant]["no_data"] for tenant in told] == [None, REASON, REASON]


def test_the_table_of_counts_tells_their_windows_from_windows_without_events(unjudged: Shop) -> None:
    run(unjudged)
    with (unjudged.root / "counts.csv").open(newline="") as file:
        rows = [(row["tenant"], row["valid"]) for row in csv.DictReader(file)]
    assert [valid for tenant, valid in rows if tenant == "globex"] == ["0"] * 19
    assert [valid for tenant, valid in rows if tenant == "initech"] == ["5"] * 12 + ["0"] * 7
