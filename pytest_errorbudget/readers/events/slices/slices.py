"""Slices of time: each is counted alone, so that memory stays bounded and closed time is counted once.

An event lies in one slice unless its copies carry different times; such events are found by the hashes of all ids
(``crossing``) and counted again over all their slices, so that the sum is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pytest_errorbudget.model.window import DAY_US, HOUR_US

Told = Callable[[int, int], None]
"""Hears how many slices are counted, and of how many."""
SLICE_ROWS = 500_000
"""A slice holds at least so many rows on average: smaller ones cost more to begin than to count."""
_MOST = 400
_FEWEST = 4
"""Below so many, all at once costs less than finding the events that lie in several slices."""
_WIDTHS = (*(hours * HOUR_US for hours in (1, 2, 4, 8)), *(days * DAY_US for days in (1, 2, 4, 7, 28, 364, 7280)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpan:
    """A file, what names its content, its rows, and the oldest and newest time in it (both inclusive)."""

    path: str
    digest: str
    rows: int
    earliest_us: int | None
    latest_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """``[from_us, to_us)`` and the files that hold rows of it; ``from_us`` is ``None`` where there is one slice."""

    from_us: int | None
    to_us: int
    files: tuple[FileSpan, ...]

    @property
    def hour(self) -> int:
        """The hour since the Unix epoch in which the slice begins: one of several slices is told by it, in 32 bits."""
        return (self.from_us or 0) // HOUR_US


def slices_of(
    files: Sequence[FileSpan], window_us: int, as_of_us: int, slice_rows: int = SLICE_ROWS
) -> tuple[Slice, ...]:
    """Slices that cover every time before ``as_of_us`` at which a file may have a row, in order. Their edges are
    edges of windows, and depend on nothing but the files' rows and times."""
    timed = [(one.earliest_us, one.latest_us, one) for one in files if one.latest_us is not None]
    ranges = [(low, high, one) for low, high, one in timed if low is not None and low < as_of_us]
    if not ranges:
        return ()
    low, high = min(low for low, _, _ in ranges), min(as_of_us - 1, max(high for _, high, _ in ranges))
    wanted = min(_MOST, sum(one.rows for one in files) // slice_rows)
    width = next((width for width in _WIDTHS if high // width - low // width < wanted), _WIDTHS[-1])
    first, last = low // width, high // width
    told_apart = max(abs(first), abs(last)) * width // HOUR_US < 1 << 31
    # one time that is far from all others would make empty slices by the thousand
    far = last - first >= _MOST
    if wanted < _FEWEST or first == last or width % window_us or far or not told_apart:
        return (Slice(from_us=None, to_us=as_of_us, files=tuple(one for _, _, one in ranges)),)
    found = []
    for number in range(first, last + 1):
        begin, end = number * width, min(as_of_us, (number + 1) * width)
        held = tuple(one for low, high, one in ranges if low < end and high >= begin)
        if held:
            found.append(Slice(from_us=begin, to_us=end, files=held))
    return tuple(found)
