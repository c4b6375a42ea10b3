"""What a repository starts with becomes allowances that cover exactly that."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.checks.allowances import allow
from pytest_errorbudget.checks.baseline import NOT_TO_BE_ACCEPTED, accepted
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.item import schema_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Accepted, Allowance
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span

TENANTS = frozenset({"acme-prod", "globex", "core/initech"})


def finding(rule: Rule, place: str, *tenants: str) -> Finding:
    item = schema_item("errorbudget.toml", "x")
    return Finding(
        rule=rule,
        severity=rule.severity,
        message="m",
        place=place,
        affected=tuple(Affected(item, tenant) for tenant in tenants) or (Affected(item),),
    )


def test_one_entry_for_each_finding_and_for_each_tenant_where_only_some_have_it() -> None:
    findings = (
        finding(Rule.ROW_TYPE, "src/a.rs::Order.total", *TENANTS),
        finding(Rule.INDEX_MISSING, "orders.note_idx", "globex", "acme-prod"),
        finding(Rule.FFI_MISMATCH, "src/ffi.rs::meter"),
        finding(Rule.FFI_MISMATCH, "src/ffi.rs::meter"),
        finding(Rule.TENANT_BEHIND, "2", "globex"),
        finding(Rule.SERVER_UNREACHABLE, "database shop"),
    )
    reason = "present when pytest-errorbudget was turned on, as of 2026-03-01"
    assert accepted(findings, TENANTS, date(2026, 3, 1)) == (
        Accepted(rule="ffi-mismatch", where="src/ffi.rs::meter", reason=reason),
        Accepted(rule="index-missing", where="acme-prod.orders.note_idx", reason=reason),
        Accepted(rule="index-missing", where="globex.orders.note_idx", reason=reason),
        Accepted(rule="row-type", where="src/a.rs::Order.total", reason=reason),
    )


def test_without_a_moment_the_reason_names_none() -> None:
    (entry,) = accepted((finding(Rule.ROW_NULL, "p"),), TENANTS, None)
    assert entry.reason == "present when pytest-errorbudget was turned on"


findings = st.lists(
    st.builds(
        lambda rule, place, tenants: finding(rule, place, *sorted(tenants)),
        st.sampled_from(Rule),
        st.sampled_from(["orders", "orders.note", "src/a.rs::Order", "2"]),
        st.sets(st.sampled_from(sorted(TENANTS))),
    ),
    max_size=8,
).map(tuple)


@given(findings)
def test_with_its_own_baseline_nothing_is_left_and_no_entry_is_idle(found: tuple[Finding, ...]) -> None:
    allowances = tuple(
        Allowance(rule=e.rule, where=e.where, reason=e.reason, until=None, span=Span("errorbudget.toml", n + 1))
        for n, e in enumerate(accepted(found, TENANTS, None))
    )
    left = allow(found, allowances, date(2026, 3, 1), "errorbudget.toml", frozenset(Rule)).findings
    grave = [f for f in left if f.severity is not Severity.INFORMATION and f.rule not in NOT_TO_BE_ACCEPTED]
    assert [f for f in grave if f not in found] == []
    assert [f for f in grave if f in found] == []
