"""The worked examples of other tools and engines, recomputed exactly from counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest
from one_slo import SLO
from steady_traffic import COHORTS, counted, errors, state

from pytest_errorbudget.checks.budget import budget_states
from pytest_errorbudget.checks.burn import workbook_policy
from pytest_errorbudget.checks.firing import workbook_firings
from pytest_errorbudget.checks.periods import period_at
from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.model.alert import Urgency
from pytest_errorbudget.model.burn import Burn
from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.slo import Calendar, CalendarUnit, Rolling, Timeslices
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US, SECOND_US, parse_duration, window_start


@pytest.mark.parametrize(
    ("valid", "bad", "objective", "burn", "minutes"),
    [
        (7_112, 3_556, "0.9", 5, (72, 360, -288)),
        (10, 5, "0.99", 50, (Fraction(36, 5), 360, Fraction(-1764, 5))),
    ],
    ids=["3556 good, 3556 bad at 90 %", "5 good, 5 bad at 99 %"],
)
def test_slo_generators_examples(
    valid: int, bad: int, objective: str, burn: int, minutes: tuple[Fraction | int, ...]
) -> None:
    """A window of 43,200 s. Its minutes: of budget (``window * b``), used (``window * e``) and remaining."""
    window = 43_200 * SECOND_US
    counts = counted([(valid, bad)], window)
    found = state(counts, objective=Fraction(objective), period=Rolling(window))
    assert found.consumed == burn
    assert isinstance(found.consumed, Fraction)
    budget = window * (1 - Fraction(objective)) / MINUTE_US
    used = found.consumed * budget
    assert (budget, used, (1 - found.consumed) * budget) == minutes


def test_dynatraces_difference() -> None:
    """slo-generator's fixture: 94.57628498405988 measured against 99.9 is short of it by what floats call
    5.323715015940124."""
    missing = Fraction("94.57628498405988") - Fraction("99.9")
    assert missing == Fraction("-5.32371501594012")
    assert float(missing) == pytest.approx(-5.323715015940124, rel=1e-9)


def test_sloms_first_hour() -> None:
    """999 good and 1 bad a minute at 99 %: 90 % of the budget is left, the ratio is 0.001."""
    found = state(errors(HOUR_US, MINUTE_US, lambda _: 1, each=1_000), objective=Fraction(99, 100))
    assert found.consumed == Fraction(1, 10)
    assert dict(found.burns)[HOUR_US] == Burn(60, 60_000, Fraction(1, 100))


def test_sloms_page() -> None:
    """28 days at 99 %, 14 % of errors from 12:00 to 14:00. At 13:30 both windows hold 0.14 > 0.1344: it pages."""
    errors_at_noon = range(12 * HOUR_US, 14 * HOUR_US)
    counts = errors(15 * HOUR_US, MINUTE_US, lambda start: 14 * (start in errors_at_noon))
    slo = replace(SLO, objective=Fraction(99, 100), period=Rolling(28 * DAY_US))
    page = next(one for one in workbook_firings(counts, (slo,), COHORTS) if one.urgency is Urgency.PAGE)
    begins, ends = page.intervals[0]
    assert ends is not None
    assert begins <= 13 * HOUR_US + 30 * MINUTE_US < ends
    assert workbook_policy(28 * DAY_US)[0].burn / 100 == Fraction(1344, 10_000)


@pytest.mark.parametrize(
    ("earlier", "latest", "pages"),
    [(200, 200, True), (212, 50, False), (20, 200, False)],
    ids=["0.2 and 0.2", "0.2 and 0.05", "0.05 and 0.2"],
)
def test_both_windows_of_the_api_servers_page(earlier: int, latest: int, pages: bool) -> None:
    """kubernetes-mixin's `apiserver-slos-test.yaml` at 99 %, 14.4 times: errors per thousand of the last hour's first
    55 minutes and of its last 5, after hours without any, so that the page over six hours is quiet."""
    quiet = 23 * HOUR_US
    last = quiet + 55 * MINUTE_US

    def bad(start: int) -> int:
        return latest if start >= last else earlier if start >= quiet else 0

    counts = errors(24 * HOUR_US, 5 * MINUTE_US, bad, each=1_000)
    found = state(counts, objective=Fraction(99, 100))
    assert found.pages is pages


def test_errors_of_two_verbs_add_up() -> None:
    """kubernetes-mixin: 8 % of each of two halves of the traffic are 16 % where ratios are added, which pages; 8 % of
    all requests do not. Counts add up to the ratio of all requests, which is 8 %."""
    each = [Burn(80, 1_000, Fraction(1, 100)) for _ in range(2)]
    both = Burn(sum(one.bad for one in each), sum(one.valid for one in each), Fraction(1, 100))
    assert both.rate == each[0].rate == 8
    assert not both.exceeds("14.4")
    assert sum(one.rate for one in each) == 16


def test_two_percent_for_three_days_is_a_ticket() -> None:
    """kubernetes-mixin: 0.02 at 99 % is above 1 time over 3 d and 6 h, and below the pages."""
    counts = errors(3 * DAY_US, 5 * MINUTE_US, lambda _: 20, each=1_000)
    slo = replace(SLO, objective=Fraction(99, 100))
    (ticket,) = workbook_firings(counts, (slo,), COHORTS)
    assert (ticket.urgency, ticket.intervals) == (Urgency.TICKET, ((5 * MINUTE_US, None),))


def minutes_of(slices: int, bad: int) -> Counts:
    return counted([(10, 10 if number < bad else 0) for number in range(slices)], MINUTE_US)


@pytest.mark.parametrize(
    ("days", "objective", "budget_minutes", "bad", "left"),
    [
        (7, "0.9", 1_008, 400, Fraction(1_008 - 400, 1_008)),
        (14, "0.95", 1_008, 1_008, Fraction(0)),
        (7, "0.9995", Fraction(504, 100), 5, Fraction(4, 504)),
    ],
    ids=["IBM: 96.03 % of a week", "OpenSLO: 16h48m of 20,160 slices", "OpenSLO: 5m2.4s of a week"],
)
def test_budgets_of_minutes(days: int, objective: str, budget_minutes: Fraction, bad: int, left: Fraction) -> None:
    slices = days * 24 * 60
    budgeting = Timeslices(slice_us=MINUTE_US, target=Fraction(9, 10))
    found = state(
        minutes_of(slices, bad), budgeting=budgeting, objective=Fraction(objective), period=Rolling(days * DAY_US)
    )
    assert (found.valid, found.bad) == (slices, bad)
    assert slices * (1 - Fraction(objective)) == budget_minutes
    assert isinstance(found.consumed, Fraction)
    assert 1 - found.consumed == left
    if days == 7 and bad == 400:
        assert round(float(1 - Fraction(bad, slices)), 4) == 0.9603


def test_one_bad_slice_of_sixty() -> None:
    """Elastic #203279: one failure of one request, in one of 60 slices, burns at a sixtieth of what it seems to."""
    counts = counted([*[(0, 0)] * 59, (1, 1)], MINUTE_US)
    first = replace(counts.series[0], tenant="b", starts_us=(0,), valid=(1,), bad=(0,))
    counts = replace(counts, series=(*counts.series, first))
    slos = (replace(SLO, budgeting=Timeslices(slice_us=MINUTE_US, target=Fraction(9, 10))),)
    found = next(one for one in budget_states(in_slices(counts, slos), slos, COHORTS) if one.tenant == "a")
    assert dict(found.burns)[HOUR_US] == Burn(1, 60, Fraction(1, 1_000))


def test_an_hour_with_less_traffic_than_others_counts_for_less() -> None:
    """Sloth #459: 90,000 requests in 30 days, and 100 of 120 bad in an hour, which is 0.96 of an hour's traffic: the
    ratio of 0.8333 becomes 0.8. A budget of events says so by itself."""
    counts = counted([(125, 0)] * 719 + [(120, 100)], HOUR_US)
    found = state(counts)
    assert Fraction(100, 120) * Fraction(120, 125) == Fraction(8, 10)
    assert found.consumed == Fraction(100, 719 * 125 + 120) * 1_000


@pytest.mark.parametrize(
    ("time", "offset", "start"),
    [(1, 3, -4), (2, 3, -4), (3, 3, 3), (9, 3, 3), (10, 3, 10), (1, -2, -2), (7, -2, 5), (12, -2, 12)],
)
def test_flinks_offsets_are_shifts(time: int, offset: int, start: int) -> None:
    """TimeWindowTest, windows of 7. Ours have no offset: shifted events have it."""
    assert window_start(time - offset, 7) + offset == start


def test_flinks_day_of_another_zone_is_a_calendars() -> None:
    """TimeWindowTest: a day with an offset of -8 h is a day by the clocks of UTC+8."""
    day = Calendar(unit=CalendarUnit.DAY, count=1, start=datetime(2016, 1, 1), zone="Asia/Shanghai")
    assert period_at(day, 1_470_902_048_450_000 + 1)[0] == 1_470_844_800_000_000


def test_postgresqls_date_bin() -> None:
    """15 minutes at 2020-02-11 15:44:17, from 2001-01-01 on, begin at 15:30, as from the epoch; no months."""
    half_past = 1_581_435_000 * SECOND_US
    assert window_start(half_past + 14 * MINUTE_US + 17 * SECOND_US, 15 * MINUTE_US) == half_past
    origin = half_past + 150 * SECOND_US
    assert window_start(half_past + 14 * MINUTE_US + 17 * SECOND_US - origin, 15 * MINUTE_US) + origin == origin
    for stride in ("0s", "1M"):
        with pytest.raises(ValueError, match=stride):
            parse_duration(stride)
