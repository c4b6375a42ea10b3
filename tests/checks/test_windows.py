"""Windows of any width and slide are sums of the windows that were counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_slo import counts_of, series_of, unjudged_of

from pytest_errorbudget.checks.windows import in_windows
from pytest_errorbudget.model.counts import Counts


def counts(windows: dict[int, tuple[int, int]]) -> Counts:
    """Windows of one microsecond of one tenant: (valid, bad) by start."""
    return counts_of(series_of(windows), width_us=1, until_us=99)


def of(found: Counts) -> list[tuple[int, int, int]]:
    (series,) = found.series
    return list(zip(series.starts_us, series.valid, series.bad, strict=True))


def test_fixed_windows_follow_each_other() -> None:
    found = in_windows(counts({-1: (1, 1), 0: (2, 0), 6: (3, 1), 7: (4, 0)}), 7, 7)
    assert found.window_us == 7
    assert of(found) == [(-7, 1, 1), (0, 5, 1), (7, 4, 0)]


def test_sliding_windows_overlap() -> None:
    """Windows of 10 every 5, as Flink's: an event is in two of them, the one at the edge in the later two."""
    assert of(in_windows(counts({4: (1, 1), 5: (2, 0)}), 10, 5)) == [(-5, 1, 1), (0, 3, 1), (5, 2, 0)]


def test_a_slide_need_not_divide_the_width() -> None:
    assert of(in_windows(counts({4: (1, 1), 5: (2, 0)}), 5, 3)) == [(0, 1, 1), (3, 3, 1)]


def test_events_that_cannot_be_judged_are_summed_in_the_same_windows() -> None:
    found = in_windows(replace(counts({4: (1, 1)}), unjudged=(unjudged_of({5: 2, 12: 3}),)), 10, 5)
    assert of(found) == [(-5, 1, 1), (0, 1, 1)]
    assert found.unjudged == (unjudged_of({0: 2, 5: 5, 10: 3}),)


def test_the_windows_that_were_counted_stay_as_they_are() -> None:
    found = counts({4: (1, 1)})
    assert in_windows(found, 1, 1) is found


def test_a_window_is_whole_numbers_of_counted_ones() -> None:
    five = in_windows(counts({0: (1, 0)}), 5, 5)
    with pytest.raises(ValueError, match="12 µs is no whole number of windows of 5 µs"):
        in_windows(five, 10, 12)


WINDOWS = st.dictionaries(
    st.integers(-40, 40), st.tuples(st.integers(1, 9), st.integers(0, 9)).map(lambda w: (w[0], min(w))), max_size=12
)


@given(WINDOWS, st.integers(1, 12), st.integers(1, 12))
def test_every_window_holds_what_lies_in_it_and_none_is_left_out(
    windows: dict[int, tuple[int, int]], width: int, slide: int
) -> None:
    slide = min(slide, width)
    found = in_windows(counts(windows), width, slide)
    expected = []
    for start in range(-60 // slide * slide, 60, slide):
        inside = [held for at, held in windows.items() if start <= at < start + width]
        if inside:
            expected.append((start, sum(valid for valid, _ in inside), sum(bad for _, bad in inside)))
    assert of(found) == expected
