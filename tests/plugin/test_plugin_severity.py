"""What a finding looks like, and when it fails its item."""

from __future__ import annotations

import json

import pytest
from shop import SETTINGS, SOURCES, TENANT_COUNT, Shop

WARNING = "warning[[]tenant-unlisted] *initech*"


def test_a_failing_item_prints_its_diagnostic(running_shop: Shop) -> None:
    running_shop.narrow_total()
    result = running_shop.run()
    result.assert_outcomes(failed=TENANT_COUNT, passed=13 - TENANT_COUNT)
    result.stdout.fnmatch_lines(
        [
            f"*_ {SOURCES}/models.rs: Order[[]acme-prod] _*",
            "error[[]row-type]: *",
            f" --> {SOURCES}/models.rs:4:*",
            "4 |     pub total_cents: i32,",
            f" ::: {SOURCES}/queries.rs:4:*",
            " ::: migrations/0001_orders.sql:3:*",
            "  = note: *ColumnDecode*",
            "  = help: *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")


def test_a_diagnostic_of_a_worker_is_the_same(running_shop: Shop) -> None:
    running_shop.narrow_total()
    alone = running_shop.run(f"{SOURCES}/models.rs").outlines
    shared = running_shop.run(f"{SOURCES}/models.rs", "-n1").outlines
    begin, end = next(line for line in alone if "Order[acme-prod] _" in line), "= help"
    drawn = alone[alone.index(begin) + 1 : next(i for i, line in enumerate(alone) if end in line)]
    assert drawn[0].startswith("error[row-type]")
    assert "\n".join(drawn) in "\n".join(shared)


def test_a_warning_passes_with_a_line_in_the_summary(running_shop: Shop) -> None:
    running_shop.forget_a_tenant()
    result = running_shop.run()
    result.assert_outcomes(passed=10)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([WARNING])


@pytest.mark.parametrize("where", ["flag", "settings"])
def test_warnings_fail_where_they_are_asked_to(running_shop: Shop, where: str) -> None:
    running_shop.forget_a_tenant()
    if where == "settings":
        running_shop.edit("errorbudget.toml", "[[database]]", 'fail-on = "warning"\n[[database]]')
    result = running_shop.run(*(["--errorbudget-fail-on=warning"] if where == "flag" else []))
    result.assert_outcomes(failed=1, passed=9)
    result.stdout.fnmatch_lines(["FAILED errorbudget.toml::tenants*"])


def test_the_flag_comes_before_the_settings(running_shop: Shop) -> None:
    running_shop.forget_a_tenant()
    running_shop.edit("errorbudget.toml", "[[database]]", 'fail-on = "warning"\n[[database]]')
    running_shop.run("--errorbudget-fail-on=error").assert_outcomes(passed=10)


def test_an_allowance_hides_a_finding_and_is_counted(running_shop: Shop) -> None:
    running_shop.narrow_total()
    allowance = f'\n[[allow]]\nrule = "row-type"\nwhere = "{SOURCES}/models.rs::Order"\nreason = "widened in #812"\n'
    running_shop.write("errorbudget.toml", SETTINGS + allowance)
    result = running_shop.run()
    result.assert_outcomes(passed=13)
    result.stdout.fnmatch_lines(["allowed: 1 known finding (row-type)"])
    log = json.loads((running_shop.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))
    assert "widened in #812" in json.dumps(log["allowed"])


def test_an_unused_allowance_is_a_warning(running_shop: Shop) -> None:
    allowance = '\n[[allow]]\nrule = "index-mising"\nwhere = "orders"\nreason = "an old one"\n'
    running_shop.write("errorbudget.toml", SETTINGS + allowance)
    result = running_shop.run("--errorbudget-fail-on=warning")
    result.assert_outcomes(failed=1, passed=12)
    result.stdout.fnmatch_lines(
        [
            "warning[[]allowance-unused]: the allowance for `index-mising` at `orders` covers no finding",
            "*There is no rule `index-mising`; did you mean `index-missing`?",
            "FAILED errorbudget.toml::tenants*",
        ]
    )
