"""Windows of any width and slide, as sums of the windows that were counted.

A window starts at every multiple of the slide since the Unix epoch, and is half-open, ``[start, start + width)``
(Tyler Akidau et al., *The Dataflow Model*, 2015: aligned sliding windows; fixed ones are those whose slide is their
width). Width and slide are whole numbers of counted windows, so that each sum is two look-ups and exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_errorbudget.checks.burn import sums_of
from pytest_errorbudget.model.counts import Counts, Series, Unjudged
from pytest_errorbudget.model.window import window_start


def in_windows(counts: Counts, width_us: int, slide_us: int) -> Counts:
    """The same counts in other windows, those that hold at least one event.

    Raises ``ValueError`` where the width or the slide is no whole number of counted windows.
    """
    for span_us in (width_us, slide_us):
        if span_us % counts.window_us:
            raise ValueError(f"{span_us} µs is no whole number of windows of {counts.window_us} µs")
    if width_us == slide_us == counts.window_us:
        return counts
    return replace(
        counts,
        window_us=width_us,
        series=tuple(_summed(series, width_us, slide_us) for series in counts.series),
        unjudged=tuple(_unjudged(unjudged, width_us, slide_us) for unjudged in counts.unjudged),
    )


def _summed(series: Series, width_us: int, slide_us: int) -> Series:
    sums = sums_of(series)
    held = [(start, *sums.over(start, start + width_us)) for start in _holding(series.starts_us, width_us, slide_us)]
    return replace(
        series,
        starts_us=tuple(start for start, _, _ in held),
        valid=tuple(valid for _, valid, _ in held),
        bad=tuple(bad for _, _, bad in held),
    )


def _unjudged(unjudged: Unjudged, width_us: int, slide_us: int) -> Unjudged:
    sums = sums_of(None, unjudged)
    starts = _holding(unjudged.starts_us, width_us, slide_us)
    events = tuple(sums.unjudged_over(start, start + width_us) for start in starts)
    return replace(unjudged, starts_us=starts, events=events)


def _holding(starts_us: Sequence[int], width_us: int, slide_us: int) -> tuple[int, ...]:
    """The windows that hold any of the counted ones, by start."""
    starts = {start for at in starts_us for start in range(window_start(at, slide_us), at - width_us, -slide_us)}
    return tuple(sorted(starts))
