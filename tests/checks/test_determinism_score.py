"""The determinism score, and the error where it is below 1."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pytest_errorbudget.checks.determinism import determinism_findings, determinism_score
from pytest_errorbudget.model.counts import Counts, Recount
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US

SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(99, 100),
    period=Rolling(DAY_US),
    span=Span("slo.yaml", 1),
)


def counts(*equal: int, windows: int = 2000, race_conditions: int = 0) -> Counts:
    ways = ("permuted order", "other sharding", "1 thread", "postgres", "spark")
    return Counts(
        window_us=5 * MINUTE_US,
        as_of_us=0,
        closed_until_us=0,
        series=(),
        totals=(),
        recounts=tuple(Recount(way=way, windows=windows, equal=n) for way, n in zip(ways, equal, strict=False)),
        digest="sha256:0",
        race_conditions=race_conditions,
    )


@pytest.mark.parametrize(
    ("found", "score"),
    [
        (counts(), None),
        (counts(0, 0, windows=0), Fraction(1)),
        (counts(2000, 2000, 2000), Fraction(1)),
        (counts(2000, 1999, 2000, 1000, 2000), Fraction(1, 2)),
        (counts(0, 2000), Fraction(0)),
    ],
)
def test_the_score_is_that_of_the_way_that_agrees_least(found: Counts, score: Fraction | None) -> None:
    assert determinism_score(found) == score


def test_one_window_of_one_further_engine_is_an_error() -> None:
    (finding,) = determinism_findings(counts(2000, 2000, 2000, 1999, 2000), (SLO,), "errorbudget.toml")
    assert finding.severity.value == "error"
    assert finding.message == (
        "counting the events again gave other counts (postgres: 1 window of 2,000); the determinism score is 99.950%"
    )
    assert finding.consequence == (
        "Burn rates and thresholds differ from run to run: the counts depend on how the events were read."
    )
    assert [str(one.item) for one in finding.affected] == ["errorbudget.toml::determinism[ok]"]


def test_events_that_changed_meanwhile_are_told_apart() -> None:
    (finding,) = determinism_findings(counts(1998, 1998, 1998, race_conditions=2), (SLO,), "errorbudget.toml")
    assert finding.consequence == (
        "Burn rates and thresholds differ from run to run: 2 windows changed between two readings of the events."
    )


def test_where_all_agree_nothing_is_found() -> None:
    assert determinism_findings(counts(2000, 2000, 2000), (SLO,), "errorbudget.toml") == ()
