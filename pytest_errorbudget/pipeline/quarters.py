"""Progress in quarters: as many lines for a long count as for a very long one, and the same lines in every run."""

from __future__ import annotations

from collections.abc import Callable

from pytest_errorbudget.model.progress import SlicesCounted

_LONG = 8
"""Fewer slices take seconds."""


def in_quarters(progress: Callable[[SlicesCounted], None]) -> Callable[[int, int], None]:
    """Tells ``progress`` of every quarter of the slices that is counted, but of the last, where there are many."""

    def told(counted: int, of: int) -> None:
        if of >= _LONG and counted and counted * 4 // of != (counted - 1) * 4 // of:
            progress(SlicesCounted(counted=counted, of=of))

    return told
