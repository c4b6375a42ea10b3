"""Our firing times against Prometheus' own: the same counts as counters, the Workbook's rules, every transition.

Needs ``promtool`` (Debian's package ``prometheus``, or a release of Prometheus).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from prometheus_rules import ABSENT, PROMTOOL, counts, promtools_answer, series_of, slo

from pytest_errorbudget.checks.firing import workbook_firings
from pytest_errorbudget.model.alert import Urgency
from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US, SECOND_US

WIDTH_US = 5 * MINUTE_US
WINDOWS = 4 * 24 * 12
TENANTS = tuple(f"tenant-{number}" for number in range(6))

pytestmark = pytest.mark.skipif(PROMTOOL is None, reason=ABSENT)


def drawn_series(tenant: str, budget: Fraction, seed: str) -> Series:
    """Traffic, a low background of failures, and incidents of all sizes."""
    drawn = random.Random(seed)
    busy = drawn.choice((3, 40, 400))
    incidents = {drawn.randrange(WINDOWS): drawn.choice((1, 3, 12, 60)) for _ in range(6)}
    failing = {at + step: drawn.choice((2, 8, 20, 200)) for at, length in incidents.items() for step in range(length)}
    windows = []
    for window in range(WINDOWS):
        total = drawn.randint(1, 2 * busy)
        ratio = min(Fraction(9, 10), budget * failing[window]) if window in failing else budget / 2
        windows.append((total, sum(drawn.random() < ratio for _ in range(total))))
    return series_of(tenant, tuple(windows), WIDTH_US)


@pytest.mark.parametrize(
    ("objective", "days"),
    [(Fraction(999, 1000), 30), (Fraction(99, 100), 28), (Fraction(9995, 10_000), 28), (Fraction(95, 100), 7)],
)
@pytest.mark.parametrize("seed", range(2))
def test_alerts_start_and_stop_at_the_same_evaluations(
    objective: Fraction, days: int, seed: int, tmp_path: Path
) -> None:
    indicator = slo(objective, days)
    found = tuple(drawn_series(tenant, indicator.budget, f"{seed} {tenant} {objective}") for tenant in TENANTS)
    asked, told = promtools_answer(tmp_path, found, indicator, WIDTH_US)
    assert asked, "the series must make something fire"
    assert told == ""


def steady(tenant: str, length_us: int, width_us: int, bad_of: Callable[[int], int]) -> Series:
    """1,000 events a window, of which so many fail in the window that starts then."""
    return series_of(tenant, tuple((1_000, bad_of(start)) for start in range(0, length_us, width_us)), width_us)


def test_figure_5_6_of_the_workbook(tmp_path: Path) -> None:
    """15 % of errors for 10 minutes, at steps of 15 s: it fires at 6m00s and last 4m30s after the end."""
    width, begin = 15 * SECOND_US, 7 * HOUR_US
    incident = range(begin, begin + 10 * MINUTE_US)
    indicator = slo(Fraction(999, 1000), 30)
    found = (steady("a", 9 * HOUR_US, width, lambda start: 150 * (start in incident)),)
    page = next(one for one in workbook_firings(counts(found, width), (indicator,), ()) if one.urgency is Urgency.PAGE)
    assert page.intervals == ((begin + 6 * MINUTE_US, incident.stop + 4 * MINUTE_US + 45 * SECOND_US),)
    asked, told = promtools_answer(tmp_path, found, indicator, width)
    assert asked >= 8
    assert told == ""


def test_sloms_example(tmp_path: Path) -> None:
    """999 good and 1 bad a minute at 99 % of 28 days, and 140 bad of 1,000 from 12:00 to 14:00: a page at 13:30."""
    indicator = slo(Fraction(99, 100), 28)
    noon = range(12 * HOUR_US, 14 * HOUR_US)
    found = (steady("a", 16 * HOUR_US, MINUTE_US, lambda start: 140 if start in noon else 1),)
    page = next(
        one for one in workbook_firings(counts(found, MINUTE_US), (indicator,), ()) if one.urgency is Urgency.PAGE
    )
    assert any(a <= 13 * HOUR_US + 30 * MINUTE_US < (b or 0) for a, b in page.intervals)
    assert promtools_answer(tmp_path, found, indicator, MINUTE_US)[1] == ""


def test_the_api_servers_example(tmp_path: Path) -> None:
    """kubernetes-mixin at 99 % of 30 days: errors of 20 % in both windows, in the long one alone, in the short one
    alone, and 2 % for days."""
    quiet, last = 23 * HOUR_US, 23 * HOUR_US + 55 * MINUTE_US

    def errors(early: int, late: int) -> Callable[[int], int]:
        return lambda start: late if start >= last else early if start >= quiet else 0

    found = (
        steady("both", DAY_US, WIDTH_US, errors(200, 200)),
        steady("long", DAY_US, WIDTH_US, errors(212, 50)),
        steady("short", DAY_US, WIDTH_US, errors(20, 200)),
        steady("days", DAY_US, WIDTH_US, lambda _: 20),
    )
    indicator = slo(Fraction(99, 100), 30)
    asked, told = promtools_answer(tmp_path, found, indicator, WIDTH_US)
    assert asked >= 8
    assert told == ""


def test_a_window_of_twenty_eight_days_at_three_nines_and_a_half(tmp_path: Path) -> None:
    """As Kuadrant's `slo-availability-test.yaml`: 99.95 % of 28 days, quiet at 30 minutes, page and ticket at 60."""
    indicator = slo(Fraction(9995, 10_000), 28)
    half = 30 * MINUTE_US
    found = (steady("a", HOUR_US, MINUTE_US, lambda start: 100 * (start >= half)),)
    inputs = counts(found, MINUTE_US)
    fired = {one.urgency: one.intervals for one in workbook_firings(inputs, (indicator,), ())}
    assert all(half < intervals[0][0] <= HOUR_US for intervals in fired.values())
    assert fired.keys() == {Urgency.PAGE, Urgency.TICKET}
    assert promtools_answer(tmp_path, found, indicator, MINUTE_US)[1] == ""
