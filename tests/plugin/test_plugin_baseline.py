"""A repository with findings is green with its baseline, and red on the next one."""

from __future__ import annotations

import json

import pytest
from shop import SETTINGS, SOURCES, TENANT_COUNT, Shop

FLAG = "--errorbudget-baseline"


def rules(shop: Shop) -> list[str]:
    log = json.loads((shop.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))
    return sorted(finding["rule"] for finding in log["findings"])


def settings(shop: Shop) -> bytes:
    return (shop.root / "errorbudget.toml").read_bytes()


def twenty_findings(shop: Shop) -> None:
    """Nineteen foreign functions that disagree with their definitions, and a row that does not fit."""
    numbers = range(19)
    declared = "".join(f"    fn meter_{n}(count: u32) -> i32;\n" for n in numbers)
    defined = "".join(
        f'#[unsafe(no_mangle)]\npub extern "C" fn meter_{n}(count: u64) -> i32 {{\n    count as i32\n}}\n'
        for n in numbers
    )
    shop.edit(f"{SOURCES}/boundary.rs", "}\n", f"{declared}}}\n")
    meter = (shop.root / SOURCES / "meter.rs").read_text(encoding="utf-8")
    shop.write(f"{SOURCES}/meter.rs", meter + defined)
    shop.narrow_total()


def test_twenty_findings_are_green_and_the_twenty_first_is_red(running_shop: Shop) -> None:
    twenty_findings(running_shop)
    before = settings(running_shop)
    first = running_shop.run(FLAG)
    first.assert_outcomes(failed=19 + TENANT_COUNT, passed=13 - TENANT_COUNT)
    first.stdout.fnmatch_lines(
        ["errorbudget.toml has 20 [[][[]allow]] entries more, for what this run found: read them, *"]
    )
    after = settings(running_shop)
    assert after.startswith(before)
    assert (
        after[len(before) :]
        .decode()
        .endswith(
            '\n[[allow]]\nrule = "row-type"\nwhere = "services/build/src/models.rs::Order.total_cents"\n'
            'reason = "present when pytest-errorbudget was turned on"\n'
        )
    )

    running_shop.run().assert_outcomes(passed=19 + 13)
    assert rules(running_shop) == []

    running_shop.edit(f"{SOURCES}/models.rs", "note: Option<String>", "note: String")
    again = running_shop.run()
    again.assert_outcomes(failed=TENANT_COUNT, passed=19 + 13 - TENANT_COUNT)
    assert rules(running_shop) == ["row-null"]


def test_what_was_mended_is_said(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.run(FLAG)
    running_shop.edit(f"{SOURCES}/models.rs", "total_cents: i32", "total_cents: i64")
    result = running_shop.run()
    result.assert_outcomes(passed=13)
    result.stdout.fnmatch_lines(
        ["warning[[]allowance-unused] *`row-type` at `services/build/src/models.rs::Order.total_cents`*"]
    )


def test_a_second_baseline_adds_only_what_is_new(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.run(FLAG)
    once = settings(running_shop)
    running_shop.run(FLAG).stdout.fnmatch_lines(["errorbudget.toml was left as it is: there is no finding to allow"])
    assert settings(running_shop) == once
    running_shop.forget_a_tenant()
    once = settings(running_shop)
    running_shop.run(FLAG).stdout.fnmatch_lines(["errorbudget.toml has 1 [[][[]allow]] entry more, *"])
    assert b'rule = "tenant-unlisted"' in settings(running_shop)[len(once) :]
    running_shop.run("--errorbudget-fail-on=warning").assert_outcomes(passed=10)


def test_a_server_out_of_reach_is_never_accepted(running_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_DATABASE_URL")
    before = settings(running_shop)
    result = running_shop.run(FLAG)
    result.stdout.fnmatch_lines(["not allowed, because it hides what nobody has seen: server-unreachable"])
    assert settings(running_shop) == before


def test_a_list_to_which_nothing_can_be_added(running_shop: Shop) -> None:
    running_shop.write("errorbudget.toml", f"allow = []\n{SETTINGS}")
    running_shop.narrow_total()
    before = settings(running_shop)
    result = running_shop.run(FLAG)
    result.stdout.fnmatch_lines(["ERROR: errorbudget.toml takes no [[][[]allow]] at its end *"])
    assert settings(running_shop) == before


def test_without_settings_there_is_nothing_to_write_to(running_shop: Shop) -> None:
    (running_shop.root / "errorbudget.toml").unlink()
    result = running_shop.run(FLAG)
    result.stdout.fnmatch_lines(["ERROR: there is no errorbudget.toml to allow findings in: *"])
    assert not (running_shop.root / "errorbudget.toml").exists()


def test_with_workers_the_entries_are_written_once(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.run(FLAG, "-n2")
    assert settings(running_shop).count(b"[[allow]]") == 1
