"""When events come, when windows close, and how long a period is.

Pitfalls 12 and 13. Threads: Flink's allowed lateness (its documentation and mailing list), elastic/kibana #203279 and
#199873, OpenSLO/OpenSLO's README (``duration: 1m # 1 month``) and OpenSLO/go-sdk, which takes 30 days for a month.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from requests_of import COHORTS, EVENTS, FIVE, OF_COUNTS, SLO, burn, count, count_table, request, requests, state

from pytest_errorbudget.checks.firing import workbook_firings
from pytest_errorbudget.checks.periods import period_at
from pytest_errorbudget.model.burn import Absence, Burn, NoData
from pytest_errorbudget.model.slo import Calendar, CalendarUnit, Period, Rolling, Slo
from pytest_errorbudget.model.window import DAY_US, HOUR_US
from pytest_errorbudget.pipeline.project import Project, SettingsInvalid, open_project

BUDGET = Fraction(1, 1_000)
LATE = replace(EVENTS, lateness_us=2 * FIVE)


def at(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


def test_a_window_that_can_still_change_gives_no_number_and_no_alert(tmp_path: Path) -> None:
    """Pitfall 12. Elastic computed burn rates from data that were not complete, and paged (#203279)."""
    failing = requests(10, 10, 0)
    open_still = count(tmp_path, failing, source=LATE, until_us=3 * FIVE - FIVE)
    assert burn(open_still, FIVE) == NoData(Absence.NOT_CLOSED)
    assert workbook_firings(open_still, (SLO,), COHORTS) == ()
    closed = count(tmp_path, failing, source=LATE, until_us=3 * FIVE)
    assert burn(closed, FIVE) == Burn(10, 10, BUDGET)


def test_a_late_event_is_counted_where_it_happened(tmp_path: Path) -> None:
    """Pitfall 12. Flink drops what comes after its window by default; a later run counts it, in the window of its own
    time, whatever it was written after."""
    on_time = [*requests(10, 0, 0), request("next", 5 * FIVE)]
    late = [*on_time, request("late", 1, 500)]
    before, after = (count(tmp_path, rows, until_us=6 * FIVE) for rows in (on_time, late))
    assert [one.valid[0] for one in (*before.series, *after.series)] == [10, 11]
    assert before.digest != after.digest, "a change of closed windows shows in the digest"


def test_the_slowest_shard_says_how_far_events_are_complete(tmp_path: Path) -> None:
    """Pitfall 12. Without a moment of its own, a run ends where every shard has come to."""
    rows = [request(1, 0), request(2, 9 * FIVE), request(3, 4 * FIVE + 1, shard="1")]
    assert count(tmp_path, rows).as_of_us == 4 * FIVE


def test_a_window_without_events_has_an_answer(tmp_path: Path) -> None:
    """Pitfall 12. Flink emits nothing for an empty window, and a recording rule that overruns leaves a gap."""
    counts = count(tmp_path, [request(1, 0), request(2, 3 * FIVE)], until_us=4 * FIVE)
    (series,) = counts.series
    assert series.starts_us == (0, 3 * FIVE)
    ends = [replace(counts, closed_until_us=end * FIVE) for end in (1, 2, 3, 4)]
    assert [burn(one, FIVE) for one in ends] == [
        Burn(0, 1, BUDGET),
        NoData(Absence.NO_TRAFFIC),
        NoData(Absence.NO_TRAFFIC),
        Burn(0, 1, BUDGET),
    ]


OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: ok}}
spec:
  service: api
  indicator:
    metadata: {{name: ratio}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: errorbudget, spec: {{events: requests, where: "status < 500"}}}}}}
        total: {{metricSource: {{type: errorbudget, spec: {{events: requests}}}}}}
  timeWindow:
    - {window}
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
"""
SETTINGS = """\
slos = ["slo.yaml"]

[[events]]
name = "requests"
source = { ndjson = "*.ndjson" }
"""


def opened(folder: Path, window: str) -> Project:
    (folder / "slo.yaml").write_text(OPENSLO.format(window=window))
    (folder / "errorbudget.toml").write_text(SETTINGS)
    return open_project(folder, "errorbudget.toml")


def period_of(folder: Path, window: str) -> Period:
    (slo,) = opened(folder, window).settings.slos
    return slo.period


def test_one_m_is_a_minute_and_a_capital_one_a_month(tmp_path: Path) -> None:
    """Pitfall 13. The README's own example writes ``1m # 1 month``."""
    with pytest.raises(SettingsInvalid, match="a period of 1m, which is shorter than a window of 5m"):
        opened(tmp_path, "{duration: 1m, isRolling: true}")
    assert period_of(tmp_path, "{duration: 60m, isRolling: true}") == Rolling(60 * 60_000_000)
    month = period_of(tmp_path, "{duration: 1M, calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}}")
    assert month == Calendar(unit=CalendarUnit.MONTH, count=1, start=datetime(2026, 1, 1), zone="Europe/Berlin")


def test_a_calendar_of_a_minute_is_refused(tmp_path: Path) -> None:
    """Pitfall 13."""
    with pytest.raises(SettingsInvalid, match="`1m` is not a part of the calendar: `m` is a minute; a month is `1M`"):
        opened(tmp_path, "{duration: 1m, calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC}}")


def calendar(unit: CalendarUnit, zone: str, start: str = "2024-01-01T00:00:00") -> Calendar:
    return Calendar(unit=unit, count=1, start=datetime.fromisoformat(start), zone=zone)


@pytest.mark.parametrize(
    ("unit", "zone", "inside", "hours"),
    [
        (CalendarUnit.MONTH, "America/New_York", "2026-03-15T12:00:00", 743),
        (CalendarUnit.MONTH, "America/New_York", "2026-11-15T12:00:00", 721),
        (CalendarUnit.MONTH, "Europe/Berlin", "2026-03-15T12:00:00", 743),
        (CalendarUnit.MONTH, "Europe/Berlin", "2026-10-15T12:00:00", 745),
        (CalendarUnit.MONTH, "UTC", "2026-02-15T12:00:00", 672),
        (CalendarUnit.MONTH, "UTC", "2024-02-15T12:00:00", 696),
        (CalendarUnit.DAY, "America/New_York", "2026-03-08T12:00:00", 23),
        (CalendarUnit.DAY, "America/New_York", "2026-11-01T12:00:00", 25),
        (CalendarUnit.WEEK, "America/New_York", "2026-03-04T12:00:00", 167),
        (CalendarUnit.QUARTER, "UTC", "2024-02-15T12:00:00", 91 * 24),
        (CalendarUnit.YEAR, "UTC", "2024-02-15T12:00:00", 366 * 24),
    ],
)
def test_a_period_is_as_long_as_the_zones_clocks_say(
    tmp_path: Path, unit: CalendarUnit, zone: str, inside: str, hours: int
) -> None:
    """Pitfall 13. go-sdk takes 30 days for a month, 90 for a quarter and 365 for a year: the events of the last hours
    would be in the wrong one. An event 1 µs before a period is not in it, one at its start is."""
    start, end = period_at(calendar(unit, zone), at(inside))
    assert end - start == hours * HOUR_US
    of_period = replace(OF_COUNTS, period=calendar(unit, zone))
    edges = [("a", start - FIVE, 0, 1), ("a", start, 999, 1), ("a", end - FIVE, 1_000, 0), ("a", end, 0, 1)]
    counts = count_table(tmp_path, edges, slo=of_period, until_us=end)
    whole = state(counts, of_period)
    assert (whole.valid, whole.bad) == (2_000, 1)
    assert whole.consumed == Fraction(1, 2)


def test_this_month_begins_with_the_month(tmp_path: Path) -> None:
    """Pitfall 13. Elastic computed "this month" as now less one month (#199873): on the 2nd it was all of the last."""
    this_month = replace(OF_COUNTS, period=calendar(CalendarUnit.MONTH, "UTC"))
    rows = [("a", at("2026-02-20T00:00:00"), 0, 100), ("a", at("2026-03-01T00:00:00"), 999, 1)]
    counts = count_table(tmp_path, rows, slo=this_month, until_us=at("2026-03-02T00:00:00"))
    assert state(counts, this_month).consumed == 1


def test_whole_weeks_hold_every_weekday_equally_often() -> None:
    """Pitfall 13. 28 days have four weekends whenever they end; 30 days have four or five."""
    for days, expected in ((28, {8}), (30, {8, 9, 10})):
        weekends = set()
        for last in range(1, 366):
            start, end = period_at(Rolling(days * DAY_US), last * DAY_US)
            held = range(start // DAY_US, end // DAY_US)
            weekends.add(sum((day + 3) % 7 in {5, 6} for day in held))
        assert weekends == expected


@pytest.mark.parametrize(("weekday", "begins"), [("2024-01-01", "2026-11-23"), ("2024-01-07", "2026-11-22")])
def test_a_week_begins_on_the_day_that_the_calendar_begins_on(weekday: str, begins: str) -> None:
    """Pitfall 13. Monday or Sunday, as `startTime` says."""
    week: Slo = replace(SLO, period=calendar(CalendarUnit.WEEK, "UTC", f"{weekday}T00:00:00"))
    assert period_at(week.period, at("2026-11-23T12:00:00"))[0] == at(f"{begins}T00:00:00")
