"""In how wide windows events are counted, so that everything asked for is a sum of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from one_alert import condition
from one_slo import SLO

from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource, Settings
from pytest_errorbudget.model.slo import Budgeting, RatioTimeslices, Slo, Timeslices
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


def asking(lookback_us: int = HOUR_US, after_us: int = 0, budgeting: Budgeting = SLO.budgeting) -> Slo:
    asked = condition(2, lookback_us=lookback_us, after_us=after_us)
    return replace(SLO, conditions=(asked,), budgeting=budgeting)


@pytest.mark.parametrize(
    ("slo", "counted_us"),
    [
        (asking(), 5 * MINUTE_US),
        (asking(lookback_us=2 * MINUTE_US), MINUTE_US),
        (asking(after_us=2 * MINUTE_US), MINUTE_US),
        (asking(budgeting=RatioTimeslices(slice_us=30 * SECOND_US)), 30 * SECOND_US),
        (asking(budgeting=Timeslices(slice_us=7 * MINUTE_US, target=Fraction(9, 10))), MINUTE_US),
    ],
    ids=["nothing finer", "a condition looks back", "a condition waits", "slices of 30 seconds", "slices of 7 minutes"],
)
def test_what_an_slo_asks_for_is_a_whole_number_of_it(slo: Slo, counted_us: int) -> None:
    assert replace(PLAIN, slos=(slo,)).counted_us == counted_us


def table_of(slot_us: int) -> EventSource:
    return EventSource(
        name=f"requests {slot_us}",
        format=EventFormat.CSV,
        paths=("*.csv",),
        columns=EventColumns(id="id", tenant="tenant", time="at"),
        lateness_us=0,
        span=Span("errorbudget.toml", 1),
        slot_us=slot_us,
    )


@pytest.mark.parametrize(("slot", "window", "counted"), [(1, 10, 5), (5, 10, 5), (10, 10, 10), (30, 60, 60)])
def test_a_table_of_counts_is_never_cut_finer_than_its_slots(slot: int, window: int, counted: int) -> None:
    width = window * MINUTE_US
    assert (
        replace(PLAIN, events=(table_of(slot * MINUTE_US),), window_us=width, slide_us=width).counted_us
        == counted * MINUTE_US
    )


def test_what_slots_cannot_be_cut_into_takes_no_part() -> None:
    """Slots of 2 and of 5 minutes: 10 fit both. Slices of 15 do not, those of 20 do."""
    tables = (table_of(2 * MINUTE_US), table_of(5 * MINUTE_US))
    plain = replace(PLAIN, events=tables, window_us=60 * MINUTE_US, slide_us=60 * MINUTE_US)
    assert plain.counted_us == 60 * MINUTE_US
    sliced = [asking(budgeting=RatioTimeslices(slice_us=minutes * MINUTE_US)) for minutes in (15, 20)]
    assert [replace(plain, slos=(slo,)).counted_us // MINUTE_US for slo in sliced] == [60, 20]
