"""A run as the fluent plan and the fixtures hand it to a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from pytest_errorbudget.model.burn import Absence, BudgetState, Burn, NoData
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import schema_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import (
    FindingsError,
    NoAnswer,
    Run,
    SchemaState,
    Sli,
    Status,
    Step,
    StepName,
    StepState,
    TenantHealth,
)
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


def budget(**changes: object) -> BudgetState:
    state = BudgetState(
        tenant="acme-prod",
        slo="availability",
        valid=1000,
        bad=1,
        consumed=Fraction(1, 4),
        exhausted_in_us=3 * DAY_US,
        pace_us=HOUR_US,
        burns=((300_000_000, Burn(144, 10_000, Fraction(1, 1000))), (HOUR_US, NoData(Absence.NO_TRAFFIC))),
        pages=False,
    )
    return replace(state, **changes)  # type: ignore[arg-type]  # one field at a time, named by each test


def health(name: str, customer: str) -> TenantHealth:
    return TenantHealth(
        name=name, customer=customer, cohort="gold", database="core", version="7", schema=SchemaState.HEALTHY, drift=0
    )


MISSING = Finding(
    rule=Rule.COLUMN_MISSING,
    severity=Severity.ERROR,
    message="column `invoices.note` is missing",
    place="invoices.note",
    affected=(Affected(schema_item("errorbudget.toml", "acme-prod"), "acme-prod"),),
    labels=(Label(Span("migrations/0002_note.sql", 1), "added here"),),
    consequence="every query that reads it fails with 42703, so a 500",
    help="apply migration 2 to the tenant",
)
INDEX = replace(MISSING, rule=Rule.INDEX_MISSING, severity=Severity.WARNING, place="invoices.i", message="no index")
STEP = Step(
    name=StepName.SCHEMA_INTROSPECTION,
    state=StepState.DONE,
    action="Scanning...",
    result="✓ Detected 1 table",
    metadata=(),
    started_us=0,
    elapsed_us=5,
)
RUN = Run(
    as_of=datetime(2026, 11, 1, tzinfo=UTC),
    steps=(STEP,),
    findings=(MISSING, INDEX),
    allowed=(),
    thresholds=(),
    outliers=(),
    budgets=(budget(),),
    firings=(),
    unchecked=(),
    inputs=(),
    counts_digest=None,
    determinism=None,
    tenants=(health("core/acme-prod", "acme-prod"), health("core/globex", "globex")),
    execution_us=7,
)


def test_findings_are_raised_as_a_text_that_a_person_can_act_on() -> None:
    with pytest.raises(FindingsError) as raised:
        RUN.raise_for_findings()
    assert isinstance(raised.value, AssertionError)
    assert raised.value.findings == (MISSING,)
    assert str(raised.value) == (
        "1 finding:\n"
        "  error[column-missing] invoices.note: column `invoices.note` is missing\n"
        "      at migrations/0002_note.sql:1:1\n"
        "      tenants: acme-prod\n"
        "      every query that reads it fails with 42703, so a 500\n"
        "      help: apply migration 2 to the tenant"
    )


@pytest.mark.parametrize(
    ("findings", "at_least", "raised"),
    [
        ((), Severity.INFORMATION, ()),
        ((INDEX,), Severity.ERROR, ()),
        ((INDEX,), Severity.WARNING, (INDEX,)),
        ((MISSING, INDEX), Severity.INFORMATION, (MISSING, INDEX)),
    ],
)
def test_only_findings_as_grave_as_asked_for_are_raised(
    findings: tuple[Finding, ...], at_least: Severity, raised: tuple[Finding, ...]
) -> None:
    run = replace(RUN, findings=findings)
    try:
        assert run.raise_for_findings(at_least=at_least) is run
        found: tuple[Finding, ...] = ()
    except FindingsError as error:
        found = error.findings
    assert found == raised


def test_burns_are_by_length_of_window() -> None:
    burn = RUN["acme-prod"]["availability"].burns[timedelta(minutes=5)]
    assert isinstance(burn, Burn)
    assert burn.rate == Fraction("14.4")
    assert not burn.exceeds("14.4")


def test_a_tenant_is_known_by_its_own_name_and_by_that_of_its_node_id() -> None:
    assert RUN["acme-prod"] == RUN["core/acme-prod"]
    assert dict(RUN["globex"]) == {}


@pytest.mark.parametrize(
    ("tenant", "text"),
    [
        ("acme_prod", "no tenant 'acme_prod' in this run: did you mean acme-prod or core/acme-prod?"),
        ("zzz", "no tenant 'zzz' in this run: known are: acme-prod, core/acme-prod, core/globex, globex"),
    ],
)
def test_an_unknown_tenant_is_answered_with_near_names(tenant: str, text: str) -> None:
    with pytest.raises(KeyError) as raised:
        RUN[tenant]
    assert str(raised.value) == text


def test_an_unknown_slo_is_answered_with_near_names() -> None:
    with pytest.raises(KeyError) as raised:
        RUN["acme-prod"]["availabilty"]
    assert str(raised.value) == "no SLO 'availabilty' in this run: did you mean availability?"


@pytest.mark.parametrize(
    ("state", "lasts"),
    [
        (budget(exhausted_in_us=3 * DAY_US), True),
        (budget(exhausted_in_us=3 * DAY_US - 1), False),
        (budget(exhausted_in_us=None), True),
        (budget(consumed=Fraction(1), exhausted_in_us=None), False),
        (budget(consumed=NoData(Absence.NO_TRAFFIC), valid=0, bad=0, exhausted_in_us=None), True),
        (budget(consumed=NoData(Absence.ZERO_BUDGET), bad=0), True),
        (budget(consumed=NoData(Absence.ZERO_BUDGET), bad=1), False),
    ],
)
def test_whether_a_budget_lasts_three_days(state: BudgetState, lasts: bool) -> None:
    assert Sli(state).lasts_at_least(timedelta(days=3)) is lasts


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Absence.NO_SOURCE, "acme-prod, availability: the events could not be read"),
        (Absence.NOT_CLOSED, "acme-prod, availability: no closed window yet"),
    ],
)
def test_what_cannot_be_known_is_not_guessed(reason: Absence, text: str) -> None:
    with pytest.raises(NoAnswer) as raised:
        Sli(budget(consumed=NoData(reason))).lasts_at_least(timedelta(days=3))
    assert str(raised.value) == text


@pytest.mark.parametrize(
    ("run", "status"),
    [
        (replace(RUN, findings=()), Status.SUCCESS),
        (RUN, Status.SUCCESS_WITH_FINDINGS),
        (replace(RUN, steps=(replace(STEP, state=StepState.FAILED),)), Status.FAILED),
        (replace(RUN, findings=(), steps=(replace(STEP, state=StepState.NOT_ASKED),)), Status.SUCCESS),
    ],
)
def test_the_status_follows_from_steps_and_findings(run: Run, status: Status) -> None:
    assert run.status is status


def test_an_item_has_its_own_findings() -> None:
    assert RUN.findings_of(schema_item("errorbudget.toml", "acme-prod")) == (MISSING, INDEX)
    assert RUN.findings_of(schema_item("errorbudget.toml", "globex")) == ()


def test_a_run_is_hashable_and_its_repr_is_readable() -> None:
    assert hash(RUN) == hash(replace(RUN))
    assert repr(RUN) == (
        f"<Run success_with_findings, as of 2026-11-01T00:00:00Z, digest {RUN.digest[:12]}\n"
        "  schema_introspection        ✓ Detected 1 table\n"
        "  error       column-missing              invoices.note\n"
        "  warning     index-missing               invoices.i\n"
        "  acme-prod  availability: 25 % of the budget used, gone in 3 days, 0:00:00\n"
        ">"
    )
