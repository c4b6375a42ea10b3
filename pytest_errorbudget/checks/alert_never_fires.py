"""Alerts that nothing can make fire: not even a total outage.

The largest possible burn rate is ``1 / (1 - objective)``, where every event is bad (The Site Reliability Workbook,
chapter 5, on low objectives: at 90 % it is 10, and an alert above 14.4 sleeps through everything). A condition of the
team's own that asks for more is a finding; of the alerts that are evaluated here it is said as not checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from pytest_errorbudget.checks.burn import workbook_policy
from pytest_errorbudget.model.alert import SHORTEST_US, Condition
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.formats.wording import decimal, named
from pytest_errorbudget.model.item import thresholds_item
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.threshold import Threshold
from pytest_errorbudget.model.window import format_duration, whole_windows


def never_fires(condition: Condition, budget: Fraction) -> bool:
    """Whether a total outage does not make it fire; ``budget`` of 0 burns at no rate at all."""
    limit = condition.burn * budget
    return budget == 0 or (limit > 1 if condition.inclusive else limit >= 1)


def never_firing_findings(slos: Sequence[Slo], cohorts: Sequence[Cohort], settings_path: str) -> tuple[Finding, ...]:
    """One finding for each condition that cannot fire for some cohort."""
    return tuple(
        _finding(slo, condition, mine, settings_path)
        for slo in slos
        for condition in slo.conditions
        if (mine := tuple(one for one in cohorts if _sleeps(slo, condition, one)))
    )


def _sleeps(slo: Slo, condition: Condition, cohort: Cohort) -> bool:
    """Whether it never fires for some tenant of the cohort."""
    return any(never_fires(condition, 1 - objective) for objective in cohort.all_objectives(slo))


def _finding(slo: Slo, condition: Condition, cohorts: Sequence[Cohort], settings_path: str) -> Finding:
    names = tuple(cohort.name for cohort in cohorts)
    rates = ", ".join(_largest(one) for one in _objectives(slo, cohorts) if never_fires(condition, 1 - one))
    asks = f"{'at least' if condition.inclusive else 'more than'} {_rate(condition.burn)}"
    return Finding(
        rule=Rule.ALERT_NEVER_FIRES,
        severity=Rule.ALERT_NEVER_FIRES.severity,
        message=f"the condition `{condition.name}` of `{slo.name}` cannot fire for {named(names, 'cohort')}: it asks "
        f"for a burn rate of {asks}, and {rates}",
        place=f"{slo.name}/{condition.name}",
        affected=tuple(Affected(thresholds_item(settings_path, name, slo.name)) for name in names),
        labels=(Label(condition.span, "no outage burns as fast"),),
        consequence="A total outage does not wake anybody.",
        help="ask for a lower burn rate over a longer window, or alert on the error ratio itself",
    )


def _objectives(slo: Slo, cohorts: Sequence[Cohort]) -> list[Fraction]:
    return sorted({objective for cohort in cohorts for objective in cohort.all_objectives(slo)})


def _largest(objective: Fraction) -> str:
    if objective == 1:
        return "an objective of 100 % has no budget to burn"
    return f"a total outage against {_rate(objective * 100)} % burns at {_rate(1 / (1 - objective))}"


def _rate(rate: Fraction) -> str:
    return decimal(rate, 3).rstrip("0").rstrip(".")


def unlike_the_policy(
    slos: Sequence[Slo], cohorts: Sequence[Cohort], made: Sequence[Threshold], counted_us: int
) -> Iterator[Unchecked]:
    """What is evaluated otherwise than the Workbook's policy and the generated thresholds say, or cannot fire."""
    for slo in slos:
        objectives = _objectives(slo, cohorts) or [slo.objective]
        for objective in (one for one in objectives if one < 1):
            for alert in workbook_policy(slo.period_us):
                if alert.burn * (1 - objective) >= 1:
                    yield _said(
                        slo,
                        f"the {alert.urgency.value} over {format_duration(alert.long_us)} asks for a burn rate above "
                        f"{_rate(alert.burn)}, and {_largest(objective)}: it cannot fire",
                    )
        if SHORTEST_US % counted_us:
            step = format_duration(counted_us)
            yield _said(slo, f"events are counted in steps of {step}: shorter windows of alerts are taken as that long")
    slot_us = whole_windows(SHORTEST_US, counted_us) * counted_us
    for one in made:
        if one.long_us // slot_us < one.failing_slots:
            yield Unchecked(
                "alert",
                f"{one.cohort}/{one.slo}",
                f"the page asks for failures in {one.failing_slots} slots of {format_duration(one.long_us)}, and "
                f"events are counted in steps of {format_duration(counted_us)}: it cannot fire",
            )


def _said(slo: Slo, reason: str) -> Unchecked:
    return Unchecked("alert", slo.name, reason, slo.span)
