"""Known findings that a team accepts."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_errorbudget.checks.allowances import Allowed, allow
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.item import schema_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Allowance
from pytest_errorbudget.model.source import Span

SETTINGS = "errorbudget.toml"
TODAY = date(2026, 11, 1)
EVERY_RULE = frozenset(Rule)


def missing_index(*tenants: str, place: str = "invoices.by_day") -> Finding:
    return Finding(
        rule=Rule.INDEX_MISSING,
        severity=Rule.INDEX_MISSING.severity,
        message="no index",
        place=place,
        affected=tuple(Affected(schema_item(SETTINGS, tenant), tenant) for tenant in tenants),
    )


def accepted(where: str, rule: str = "index-missing", until: date | None = None) -> Allowance:
    return Allowance(rule=rule, where=where, reason="dropped in #812", until=until, span=Span(SETTINGS, 9, 1))


def applied(
    finding: Finding, *allowances: Allowance, today: date | None = TODAY, checked: frozenset[Rule] = EVERY_RULE
) -> Allowed:
    return allow((finding,), allowances, today, SETTINGS, checked)


@pytest.mark.parametrize(
    ("where", "left", "covered"),
    [
        ("invoices.by_day", [], ["acme", "globex"]),
        ("invoices", [], ["acme", "globex"]),
        ("acme.invoices.by_day", ["globex"], ["acme"]),
        ("acme.invoices", ["globex"], ["acme"]),
        ("acme", ["globex"], ["acme"]),
        ("invoices.by", ["acme", "globex"], []),
        ("wonka.invoices", ["acme", "globex"], []),
    ],
)
def test_a_place_is_for_every_tenant_and_one_behind_a_tenant_for_that_one(
    where: str, left: list[str], covered: list[str]
) -> None:
    outcome = applied(missing_index("acme", "globex"), accepted(where))
    assert [t for f in outcome.findings if f.rule is Rule.INDEX_MISSING for t in f.tenants] == left
    assert [tenant for each in outcome.allowed for tenant in each.finding.tenants] == covered


def test_another_rule_is_not_covered() -> None:
    outcome = applied(missing_index("acme"), accepted("invoices", rule="table-missing"))
    assert [finding.rule for finding in outcome.findings] == [Rule.INDEX_MISSING, Rule.ALLOWANCE_UNUSED]


def test_the_last_day_is_included() -> None:
    assert applied(missing_index("acme"), accepted("invoices", until=TODAY)).findings == ()
    outcome = applied(missing_index("acme"), accepted("invoices", until=date(2026, 10, 31)))
    assert [(f.rule.id, f.message) for f in outcome.findings] == [
        ("index-missing", "no index"),
        ("allowance-expired", "the allowance for `index-missing` at `invoices` ended on 2026-10-31"),
    ]
    assert (
        outcome.findings[1].help
        == "Its reason was: dropped in #812. Mend the finding, or give the allowance a later day."
    )


def test_without_events_there_is_no_day_and_nothing_expires() -> None:
    assert applied(missing_index("acme"), accepted("invoices", until=date(2020, 1, 1)), today=None).findings == ()


@pytest.mark.parametrize(
    ("rule", "help"),
    [
        ("table-missing", "Remove it: what it accepted is mended, or its place is written otherwise."),
        ("index-mising", "There is no rule `index-mising`; did you mean `index-missing`?"),
    ],
)
def test_one_that_covers_nothing_is_a_finding_at_its_line(rule: str, help: str) -> None:
    (_, unused) = applied(missing_index("acme"), accepted("invoices", rule=rule)).findings
    assert unused.message == f"the allowance for `{rule}` at `invoices` covers no finding"
    assert (unused.help, str(unused.labels[0].span)) == (help, "errorbudget.toml:9:1")


def test_a_run_that_could_not_find_it_does_not_say_that_it_is_unused() -> None:
    checked = frozenset({Rule.TABLE_MISSING})
    outcome = applied(missing_index("acme"), accepted("payments"), checked=checked)
    assert [finding.rule for finding in outcome.findings] == [Rule.INDEX_MISSING]
