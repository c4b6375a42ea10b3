"""Events are counted, and ratios are made of the counts: never of ratios, counters or rates.

Pitfalls 4, 9, 10, 11 and 17. Threads: slok/sloth #354 and #618, prometheus/prometheus #3746, OpenSLO/OpenSLO #7,
pyrra-dev/pyrra #448, thanos-io/thanos #2401, #1788 and #8430; Prometheus' promql/testdata/functions.test.
"""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest
from requests_of import (
    COHORTS,
    FIVE,
    OF_COUNTS,
    TABLE,
    burn,
    count,
    count_table,
    request,
    requests,
    said_of,
    state,
)

from pytest_errorbudget.checks.firing import workbook_firings
from pytest_errorbudget.model.burn import Absence, Burn, NoData
from pytest_errorbudget.model.window import DAY_US, MINUTE_US

BUDGET = Fraction(1, 1_000)


@pytest.mark.parametrize(
    ("busy", "idle", "ratio_of_sums", "mean_of_ratios"),
    [
        ((500, 500), (2, 0), Fraction(500, 1_574), Fraction(1, 576)),
        ((1, 1), (1_000, 0), Fraction(1, 287_002), Fraction(1, 576)),
    ],
    ids=["an outage under load", "one failure at night"],
)
def test_a_rate_is_the_ratio_of_sums(
    tmp_path: Path,
    busy: tuple[int, int],
    idle: tuple[int, int],
    ratio_of_sums: Fraction,
    mean_of_ratios: Fraction,
) -> None:
    """Pitfall 4. Sloth's 30-day rule averages the ratios of 5-minute windows: 0.17 % for both of these days, of which
    one had 31.8 % of failures, and the other 0.0003 %."""
    slots = [("a", number * FIVE, *idle) for number in range(287)] + [("a", 287 * FIVE, *busy)]
    counts = count_table(tmp_path, slots, until_us=DAY_US)
    day = burn(counts, DAY_US, OF_COUNTS)
    assert isinstance(day, Burn)
    assert day.rate == ratio_of_sums / BUDGET
    ratios = [Fraction(bad, good + bad) for _, _, good, bad in slots]
    assert sum(ratios) / len(ratios) == mean_of_ratios


def test_failures_that_a_tenant_begins_with_are_counted(tmp_path: Path) -> None:
    """Pitfall 9. The first sample of a new series counts as no increase: five failures before the first scrape are
    lost, and a small tenant has no others."""
    counts = count(tmp_path, [request(n, n, 500) for n in range(5)], until_us=FIVE)
    assert burn(counts, FIVE) == Burn(5, 5, BUDGET)


def test_one_event_is_one_event_in_every_window(tmp_path: Path) -> None:
    """Pitfall 9. ``increase`` extrapolates: a counter from 1000 to 1001 rises by 1.25 over 150 s."""
    counts = count(tmp_path, [*requests(1_000, 0, 0), request("x", 60_000_000, 500)], until_us=FIVE)
    assert burn(counts, FIVE) == Burn(1, 1_001, BUDGET)
    assert state(counts).bad == 1


def test_nothing_is_lost_between_adjacent_windows(tmp_path: Path) -> None:
    """Pitfall 9. The increase between the last sample of one window and the first of the next is in neither
    (prometheus #3746). Half-open windows hold an event 1 µs before an edge and one at the edge, each once."""
    edges = [request(f"{number} {away}", number * FIVE + away) for number in (1, 2, 3) for away in (-1, 0)]
    counts = count(tmp_path, edges, until_us=4 * FIVE)
    (series,) = counts.series
    assert dict(zip(series.starts_us, series.valid, strict=True)) == {0: 1, FIVE: 2, 2 * FIVE: 2, 3 * FIVE: 1}


def test_a_restart_is_no_reset(tmp_path: Path) -> None:
    """Pitfall 10. A counter that goes ``0 1 2 3 2 3 4`` is read as 7 events; a restarted replica that sends again what
    it had sent has the same four."""
    sent = [request(n, n, 500, shard="0") for n in range(3)]
    again = [request(n, n, 500, shard="0") for n in range(1, 4)]
    counts = count(tmp_path, sent + again, until_us=FIVE)
    assert burn(counts, FIVE) == Burn(4, 4, BUDGET)


def test_there_are_never_more_good_events_than_events(tmp_path: Path) -> None:
    """Pitfall 10. Good and total from sources that are not in step give good > total, and a burn rate below zero
    (OpenSLO #7, pyrra #448). One event is good or bad, and a table of counts in which ``total - good`` is below zero
    is a finding: neither its good nor its bad events count."""
    counts = count_table(tmp_path, [("a", 0, 105, -5)], until_us=FIVE)
    assert burn(counts, FIVE, OF_COUNTS) == NoData(Absence.NOT_JUDGED)
    assert said_of(counts, OF_COUNTS, TABLE) == [
        "1 row of the counts `requests` cannot be used for `ok`: a count is null or below zero, or the time is no "
        "start of a slot"
    ]


def test_replicas_that_see_the_same_events_count_them_once(tmp_path: Path) -> None:
    """Pitfall 11. Deduplicating counters of two replicas makes resets that never were: a rate of 1200 instead of 0.46
    (thanos #2401, #8430). Events are deduplicated by their id before anything is counted, also where one replica has
    holes and the other one comes late."""
    truth = [request(n, n * MINUTE_US, 500 if n % 7 == 0 else 200) for n in range(60)]
    first = [{**row, "shard": "0"} for row in truth if int(row["id"]) % 3]
    second = [{**row, "shard": "1"} for row in truth if int(row["id"]) % 3 != 1]
    alone = count(tmp_path, truth, until_us=60 * MINUTE_US)
    both = count(tmp_path, first + second[::-1], until_us=60 * MINUTE_US)
    assert both.digest == alone.digest
    assert both.totals[0].duplicates == len(first) + len(second) - 60
    assert said_of(both) == []


def test_replicas_that_disagree_are_settled_by_a_rule_and_said(tmp_path: Path) -> None:
    """Pitfall 11. The copy that is least by (time, columns that SLOs read) counts, whoever is read first."""
    copies = [request(1, 0, 500, shard="0"), request(1, 0, 200, shard="1")]
    for order in (1, -1):
        counts = count(tmp_path, copies[::order], until_us=FIVE)
        assert burn(counts, FIVE) == Burn(0, 1, BUDGET)
        assert said_of(counts) == ["1 event of `requests` came in copies that disagree (such as `a: 1`)"]


def test_the_order_of_summing_does_not_matter(tmp_path: Path) -> None:
    """Pitfall 17. Prometheus sums floats with Kahan's compensation, since their sum depends on the order; whole numbers
    of events have one sum."""
    slots = [("a", number * FIVE, number * 7 % 13, number % 3) for number in range(12)]
    digests = set()
    for seed in range(3):
        mixed = slots.copy()
        random.Random(seed).shuffle(mixed)
        digests.add(count_table(tmp_path, mixed, until_us=12 * FIVE).digest)
    assert len(digests) == 1
    ratios = [0.1, 1e16, -1e16]
    assert sum(ratios) != sum(reversed(ratios)), "what floats would do"


def test_a_long_series_of_tenths_does_not_drift(tmp_path: Path) -> None:
    """Pitfall 17. 0.1 % for ten minutes is 1/4320 of the budget of 30 days, and not nearly so."""
    slots = [("a", number * FIVE, 999 if number < 2 else 1_000, 1 if number < 2 else 0) for number in range(8_640)]
    counts = count_table(tmp_path, slots, until_us=30 * DAY_US)
    assert state(counts, OF_COUNTS).consumed == Fraction(1, 4_320)
    assert workbook_firings(counts, (OF_COUNTS,), COHORTS) == (), "burning at exactly 1 exceeds no threshold"
