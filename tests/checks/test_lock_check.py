"""A lock is reproduced from its evidence, and its evidence from the events."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from one_slo import GOLD, SLO, TOTALS, counts_of, series_of

from pytest_errorbudget.checks.lock import lock_findings
from pytest_errorbudget.checks.slices import BudgetCounts, in_slices
from pytest_errorbudget.checks.thresholds import evidence, thresholds
from pytest_errorbudget.model.formats.evidence import evidence_digest
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.threshold import LockedThresholds
from pytest_errorbudget.model.window import HOUR_US, MINUTE_US

CONFIDENCE = Fraction(124, 125)


def counts(bad: int = 1, digest: str = "sha256:1") -> BudgetCounts:
    windows = {hour * HOUR_US: (1000, bad if hour == 0 else 0) for hour in range(500)}
    found = counts_of(series_of(windows), width_us=5 * MINUTE_US, until_us=500 * HOUR_US)
    return in_slices(replace(found, digest=digest), (SLO,))


def locked(found: BudgetCounts) -> LockedThresholds:
    rows = evidence(found)
    return LockedThresholds(
        as_of_us=found.as_of_us,
        counts_digest=found.digest,
        evidence_digest=evidence_digest(rows),
        confidence=CONFIDENCE,
        thresholds=thresholds(rows, (SLO,), (GOLD,), CONFIDENCE),
        outliers=(),
        evidence=rows,
    )


LOCK = locked(counts())


def check(
    lock: LockedThresholds | None, found: BudgetCounts | None, cohort: Cohort = GOLD
) -> tuple[list[str], list[str]]:
    findings, unchecked = lock_findings(lock, found, (SLO,), (cohort,), CONFIDENCE, "errorbudget.toml")
    assert {str(item) for finding in findings for item in finding.items} <= {"errorbudget.toml::thresholds[gold/ok]"}
    return [f"{finding.rule.id}: {finding.message}" for finding in findings], [one.reason for one in unchecked]


def test_a_lock_that_is_reproduced_is_silent() -> None:
    assert check(LOCK, counts()) == ([], [])
    assert check(None, counts()) == ([], [])


def test_events_that_could_not_be_asked_have_not_changed() -> None:
    silent = replace(counts(bad=900), totals=(replace(TOTALS, invalid=()),), series=())
    assert check(LOCK, silent) == ([], ["the events behind the thresholds for `ok` could not be read"])


def test_a_threshold_edited_by_hand() -> None:
    edited = replace(LOCK, thresholds=(replace(LOCK.thresholds[0], burn=Fraction(20)),))
    assert check(edited, counts())[0] == [
        "threshold-not-reproduced: the lock's threshold of cohort gold for `ok` is not reproduced: "
        "it says 20.000, and its evidence gives 14.400"
    ]


def test_any_other_fact_edited_by_hand() -> None:
    edited = replace(LOCK, thresholds=(replace(LOCK.thresholds[0], windows=7, failing_slots=1),))
    assert check(edited, counts())[0] == [
        "threshold-not-reproduced: the lock's threshold of cohort gold for `ok` is not reproduced: "
        "its evidence gives another `windows`, `failing_slots`"
    ]


def test_a_threshold_that_is_missing_or_too_many() -> None:
    assert check(replace(LOCK, thresholds=()), counts())[0] == [
        "threshold-not-reproduced: the lock's threshold of cohort gold for `ok` is not reproduced: "
        "it is missing, and its evidence gives one"
    ]


def test_evidence_that_was_edited() -> None:
    rows = (replace(LOCK.evidence[0], bad=0, failing_slots=0), *LOCK.evidence[1:])
    assert check(replace(LOCK, evidence=rows, thresholds=thresholds(rows, (SLO,), (GOLD,), CONFIDENCE)), None)[0] == [
        "threshold-not-reproduced: the lock's threshold of cohort gold for `ok` is not reproduced: "
        "its evidence was changed: it has another digest"
    ]


def test_events_that_changed() -> None:
    findings, _ = lock_findings(LOCK, counts(bad=3, digest="sha256:2"), (SLO,), (GOLD,), CONFIDENCE, "errorbudget.toml")
    (finding,) = findings
    assert (finding.rule.id, finding.message) == (
        "counts-changed",
        "the events behind the threshold of cohort gold for `ok` have changed: 1 hour counts otherwise: "
        "the first one is 1970-01-01T00:00:00Z of tenant a, with 1 bad of 1,000 in the lock and 3 bad of 1,000 in "
        "the events",
    )
    assert finding.help == (
        "if the change is meant, write the lock anew with `pytest --errorbudget --errorbudget-update` and commit it"
    )


def test_windows_that_changed_within_their_hours() -> None:
    assert check(LOCK, counts(digest="sha256:2"))[0] == [
        "counts-changed: the events behind the threshold of cohort gold for `ok` have changed: "
        "no hour counts otherwise, and the windows within them do: the events have another digest"
    ]


def test_what_cannot_be_compared_is_said() -> None:
    assert check(LOCK, None) == ([], ["the events behind the lock could not be read"])
    later = replace(counts(), as_of_us=501 * HOUR_US)
    assert check(LOCK, later) == (
        [],
        [
            "the events were counted as of 1970-01-21T21:00:00Z, and the lock as of 1970-01-21T20:00:00Z",
        ],
    )
