"""In how wide windows events are counted, so that everything asked for is a sum of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from pytest_errorbudget.model.alert import Condition, Urgency
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource, Settings
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US, SECOND_US

PLAIN = Settings(path="errorbudget.toml", exists=True, manifest="Cargo.toml", databases=())


@pytest.mark.parametrize(
    ("window_us", "slide_us", "counted_us"),
    [
        (5 * MINUTE_US, 5 * MINUTE_US, 5 * MINUTE_US),
        (MINUTE_US, MINUTE_US, MINUTE_US),
        (5 * MINUTE_US, MINUTE_US, MINUTE_US),
        (10 * MINUTE_US, 10 * MINUTE_US, 5 * MINUTE_US),
        (DAY_US, HOUR_US, 5 * MINUTE_US),
        (7 * MINUTE_US, 7 * MINUTE_US, MINUTE_US),
        (11 * SECOND_US, 11 * SECOND_US, SECOND_US),
    ],
)
def test_windows_slides_and_the_shortest_alert_are_whole_numbers_of_it(
    window_us: int, slide_us: int, counted_us: int
) -> None:
    assert replace(PLAIN, window_us=window_us, slide_us=slide_us).counted_us == counted_us


def test_a_condition_that_looks_back_two_minutes_is_counted_in_minutes() -> None:
    condition = Condition(
        name="fast",
        urgency=Urgency.PAGE,
        burn=Fraction(2),
        inclusive=False,
        lookback_us=2 * MINUTE_US,
        after_us=0,
        span=Span("slo.yaml", 2),
    )
    slo = Slo(
        name="ok",
        service="api",
        sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
        objective=Fraction(999, 1000),
        period=Rolling(30 * DAY_US),
        span=Span("slo.yaml", 1),
        conditions=(condition,),
    )
    assert replace(PLAIN, slos=(slo,)).counted_us == MINUTE_US


@pytest.mark.parametrize(("slot", "window", "counted"), [(1, 10, 5), (5, 10, 5), (10, 10, 10), (30, 60, 60)])
def test_a_table_of_counts_is_never_cut_finer_than_its_slots(slot: int, window: int, counted: int) -> None:
    source = EventSource(
        name="requests",
        format=EventFormat.CSV,
        paths=("*.csv",),
        columns=EventColumns(id="id", tenant="tenant", time="at"),
        lateness_us=0,
        span=Span("errorbudget.toml", 1),
        slot_us=slot * MINUTE_US,
    )
    width = window * MINUTE_US
    assert replace(PLAIN, events=(source,), window_us=width, slide_us=width).counted_us == counted * MINUTE_US
