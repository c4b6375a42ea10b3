"""The committed lock against what makes it: thresholds = f(evidence) always, evidence = g(events) where it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction

from pytest_errorbudget.checks.outliers import outliers
from pytest_errorbudget.checks.slices import BudgetCounts
from pytest_errorbudget.checks.thresholds import evidence, thresholds
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.formats.evidence import evidence_digest
from pytest_errorbudget.model.formats.moment import format_moment
from pytest_errorbudget.model.formats.wording import counted, decimal
from pytest_errorbudget.model.item import thresholds_item
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.threshold import Evidence, LockedThresholds, Threshold

_UPDATE = "if the change is meant, write the lock anew with `pytest --errorbudget --errorbudget-update` and commit it"
_Where = tuple[str, str]


def lock_findings(
    locked: LockedThresholds | None,
    counts: BudgetCounts | None,
    slos: Sequence[Slo],
    cohorts: Sequence[Cohort],
    confidence: Fraction,
    settings_path: str,
) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    """Findings where the lock is not what its evidence gives, or its evidence not what the events give; and what could
    not be checked. Nothing without a lock."""
    if locked is None:
        return (), ()
    findings = tuple(_not_reproduced(locked, slos, cohorts, confidence, settings_path))
    if counts is None:
        return findings, (_unchecked("the events behind the lock could not be read"),)
    if counts.as_of_us != locked.as_of_us:
        moments = f"{format_moment(counts.as_of_us)}, and the lock as of {format_moment(locked.as_of_us)}"
        return findings, (_unchecked(f"the events were counted as of {moments}"),)
    uncounted = tuple(slo.name for slo in slos if not counts.was_counted(slo.name))
    unchecked = tuple(
        _unchecked(f"the events behind the thresholds for `{slo}` could not be read") for slo in uncounted
    )
    return (*findings, *_counts_changed(locked, counts, cohorts, settings_path, uncounted)), unchecked


def _unchecked(reason: str) -> Unchecked:
    return Unchecked("lock", "errorbudget.counts.csv", reason)


def _not_reproduced(
    locked: LockedThresholds, slos: Sequence[Slo], cohorts: Sequence[Cohort], confidence: Fraction, path: str
) -> Iterator[Finding]:
    made = {(one.cohort, one.slo): one for one in thresholds(locked.evidence, slos, cohorts, confidence)}
    held = {(one.cohort, one.slo): one for one in locked.thresholds}
    for where in sorted({*made, *held}):
        difference = _difference(held.get(where), made.get(where))
        if difference:
            yield _finding(Rule.THRESHOLD_NOT_REPRODUCED, where, difference, path)
    if tuple(sorted(locked.outliers, key=repr)) != tuple(sorted(outliers(locked.evidence, cohorts), key=repr)):
        for where in sorted(made):
            yield _finding(Rule.THRESHOLD_NOT_REPRODUCED, where, "its outliers are not those of its evidence", path)
    if evidence_digest(locked.evidence) != locked.evidence_digest:
        for where in sorted(made):
            yield _finding(
                Rule.THRESHOLD_NOT_REPRODUCED, where, "its evidence was changed: it has another digest", path
            )


def _difference(held: Threshold | None, made: Threshold | None) -> str:
    if held is None:
        return "it is missing, and its evidence gives one"
    if made is None:
        return "it is there, and the settings have no such cohort and SLO with a budget"
    if held.burn != made.burn:
        return f"it says {decimal(held.burn, 3)}, and its evidence gives {decimal(made.burn, 3)}"
    names = [field.name for field in fields(Threshold) if getattr(held, field.name) != getattr(made, field.name)]
    return f"its evidence gives another {', '.join(f'`{name}`' for name in names)}" if names else ""


def _counts_changed(
    locked: LockedThresholds,
    counts: BudgetCounts,
    cohorts: Sequence[Cohort],
    path: str,
    uncounted: tuple[str, ...],
) -> Iterator[Finding]:
    held = {(row.tenant, row.slo, row.start_us): row for row in locked.evidence if row.slo not in uncounted}
    now = {(row.tenant, row.slo, row.start_us): row for row in evidence(counts)}
    changed = sorted(key for key in {*held, *now} if held.get(key) != now.get(key))
    cohort_of = {tenant: cohort.name for cohort in cohorts for tenant in cohort.tenants}
    by_where: dict[_Where, list[tuple[str, str, int]]] = {}
    for key in changed:
        by_where.setdefault((cohort_of.get(key[0], ""), key[1]), []).append(key)
    for where, keys in sorted(by_where.items()):
        yield _finding(Rule.COUNTS_CHANGED, where, _changed_text(keys, held, now), path)
    if not changed and not uncounted and counts.digest != locked.counts_digest:
        for one in locked.thresholds:
            yield _finding(
                Rule.COUNTS_CHANGED,
                (one.cohort, one.slo),
                "no hour counts otherwise, and the windows within them do: the events have another digest",
                path,
            )


def _changed_text(
    keys: Sequence[tuple[str, str, int]],
    held: Mapping[tuple[str, str, int], Evidence],
    now: Mapping[tuple[str, str, int], Evidence],
) -> str:
    tenant, _, start = keys[0]
    return (
        f"{counted(len(keys), 'hour')} {'counts' if len(keys) == 1 else 'count'} otherwise: the first one is "
        f"{format_moment(start)} of tenant {tenant}, with {_row(held.get(keys[0]))} in the lock and "
        f"{_row(now.get(keys[0]))} in the events"
    )


def _row(row: Evidence | None) -> str:
    return "nothing" if row is None else f"{row.bad:,} bad of {row.valid:,}"


def _finding(rule: Rule, where: _Where, text: str, path: str) -> Finding:
    cohort, slo = where
    reproduced = rule is Rule.THRESHOLD_NOT_REPRODUCED
    return Finding(
        rule=rule,
        severity=rule.severity,
        message=f"the lock's threshold of cohort {cohort} for `{slo}` is not reproduced: {text}"
        if reproduced
        else f"the events behind the threshold of cohort {cohort} for `{slo}` have changed: {text}",
        place=f"{cohort}/{slo}",
        affected=(Affected(thresholds_item(path, cohort, slo)),),
        consequence="Alerts would fire at a burn rate that nothing supports."
        if reproduced
        else "The committed threshold no longer follows from the events.",
        help=_UPDATE,
    )
