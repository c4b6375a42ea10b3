"""What is said about events that could not be used, and about counts that do not repeat."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from one_slo import TOTALS, series_of, unjudged_of

from pytest_errorbudget.checks.determinism import determinism_findings, determinism_score
from pytest_errorbudget.checks.event_findings import event_findings
from pytest_errorbudget.model.counts import Counts, Recount, SourceTotals
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span

SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(1),
    span=Span("slo.yaml", 1),
)
OTHER = replace(SLO, name="jobs", sli=replace(SLO.sli, events="jobs"))
CLEAN = replace(TOTALS, rows=1_300, events=1_000, after_as_of=300, watermark_us=0)


def counts(total: SourceTotals = CLEAN, recounts: tuple[Recount, ...] = (), races: int = 0) -> Counts:
    return Counts(
        window_us=1,
        as_of_us=0,
        closed_until_us=0,
        series=(),
        totals=(total,),
        recounts=recounts,
        digest="sha256:0",
        race_conditions=races,
    )


def messages(total: SourceTotals) -> list[tuple[str, str]]:
    findings = event_findings(counts(total), (SLO, OTHER), "errorbudget.toml", ())
    assert {str(item) for one in findings for item in one.items} <= {"errorbudget.toml::determinism[ok]"}
    return [(finding.rule.id, finding.message) for finding in findings]


@pytest.mark.parametrize(
    ("total", "rule", "message"),
    [
        (
            replace(CLEAN, disagreeing=2, disagreeing_examples=("a: 7", "b: 9")),
            "copies-disagree",
            "2 events of `requests` came in copies that disagree (such as `a: 7`, `b: 9`)",
        ),
        (
            replace(CLEAN, without_id=1, without_time=2, unknown_tenant=3, unknown_tenants=("x", "y")),
            "events-invalid",
            "`requests` holds 1 row without id, 2 rows without time, 3 rows of unknown tenants (2 tenants: x, y), "
            "of 1,300 rows",
        ),
    ],
)
def test_what_is_wrong_with_events(total: SourceTotals, rule: str, message: str) -> None:
    assert messages(total) == [(rule, message)]


@pytest.mark.parametrize(
    ("valid_of", "consequence"),
    [
        (("a", "b"), "They are neither good nor bad and count as no valid event."),
        (
            ("b",),
            "They are neither good nor bad and count as no valid event. They are all that came of tenant a.",
        ),
    ],
)
def test_events_that_cannot_be_judged_are_told_to_their_tenants(valid_of: tuple[str, ...], consequence: str) -> None:
    found = replace(
        counts(replace(CLEAN, invalid=(("ok", 4),))),
        series=tuple(series_of({0: (1, 0)}, tenant=tenant) for tenant in valid_of),
        unjudged=(unjudged_of({0: 1}), unjudged_of({0: 2, 1: 1}, tenant="b")),
    )
    (finding,) = event_findings(found, (SLO, OTHER), "errorbudget.toml", ())
    assert (finding.rule.id, finding.message, finding.consequence) == (
        "events-invalid",
        "4 events of `requests` cannot be judged for `ok`: a column that its predicate reads is null",
        consequence,
    )
    assert [str(item) for item in finding.items] == ["errorbudget.toml::ok[a]", "errorbudget.toml::ok[b]"]
    assert finding.tenants == ("a", "b")


def test_duplicates_and_events_after_the_end_are_no_findings() -> None:
    assert messages(replace(CLEAN, duplicates=41_200)) == []


def test_the_score_is_that_of_the_recount_that_agreed_least() -> None:
    ways = (Recount(way="order", windows=10, equal=9), Recount(way="sharding", windows=10, equal=7))
    assert determinism_score(counts(recounts=ways)) == Fraction(7, 10)
    assert determinism_score(counts()) is None
    assert determinism_score(counts(recounts=(Recount(way="order", windows=0, equal=0),))) == 1


def test_counts_that_do_not_repeat_are_an_error() -> None:
    ways = (
        Recount(way="permuted order", windows=2_000, equal=2_000),
        Recount(way="1 thread", windows=2_000, equal=1_999),
    )
    (finding,) = determinism_findings(counts(recounts=ways), (SLO, OTHER), "errorbudget.toml")
    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "counting the events again gave other counts (1 thread: 1 window of 2,000); the determinism score is 99.950%"
    )
    assert finding.consequence == (
        "Burn rates and thresholds differ from run to run: the counts depend on how the events were read."
    )
    assert [str(item) for item in finding.items] == [
        "errorbudget.toml::determinism[jobs]",
        "errorbudget.toml::determinism[ok]",
    ]


def test_files_that_change_while_they_are_read_are_named_as_the_cause() -> None:
    ways = (Recount(way="permuted order", windows=10, equal=9),)
    (finding,) = determinism_findings(counts(recounts=ways, races=1), (SLO,), "errorbudget.toml")
    assert finding.consequence == (
        "Burn rates and thresholds differ from run to run: 1 window changed between two readings of the events."
    )


def test_counts_that_repeat_are_silent() -> None:
    ways = (Recount(way="permuted order", windows=10, equal=10),)
    assert determinism_findings(counts(recounts=ways), (SLO,), "errorbudget.toml") == ()


@pytest.mark.parametrize(
    ("newest_us", "when"),
    [(4_070_908_800_000_000, "at 2099-01-01T00:00:00Z"), (1 << 62, "after the year 9999")],
)
def test_an_event_from_the_far_future_is_named_with_its_shard(newest_us: int, when: str) -> None:
    assert messages(replace(CLEAN, ahead=(("2", newest_us),))) == [
        (
            "events-invalid",
            f"the shard `2` of `requests` holds an event {when}, more than a day later than the newest one of other "
            "shards",
        )
    ]


@pytest.mark.parametrize(
    ("newest_us", "when", "unit"),
    [
        (1_764_000_000, "at 1970-01-01T00:29:24Z", "seconds"),
        (1_764_000_000_000, "at 1970-01-21T10:00:00Z", "milliseconds"),
        (1_764_000_000_000_000_000, "after the year 9999", "nanoseconds"),
    ],
)
def test_times_of_another_unit_are_told(newest_us: int, when: str, unit: str) -> None:
    (finding,) = event_findings(counts(replace(CLEAN, watermark_us=newest_us)), (SLO,), "errorbudget.toml", ())
    assert (finding.rule.id, finding.severity, finding.place) == ("events-invalid", Severity.WARNING, "requests/time")
    assert finding.message == (
        f"the newest event of `requests` is {when}: its times seem to be {unit}, and are read as microseconds"
    )
    assert finding.consequence == (
        "Events of today lie in other years then, and closer together or further apart than they came: every number is "
        "wrong."
    )
    assert finding.help == "write the times as timestamps, or as whole microseconds since 1970"


@pytest.mark.parametrize(
    "newest_us", [None, 0, 300_000_000, 86_400_000_000, 100_000_000_000_000, 1_764_000_000_000_000]
)
def test_times_of_today_are_no_other_unit(newest_us: int | None) -> None:
    assert event_findings(counts(replace(CLEAN, watermark_us=newest_us)), (SLO,), "errorbudget.toml", ()) == ()
