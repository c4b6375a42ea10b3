"""How long each step takes, by a clock that is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter_ns

from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.run import StepName

Clock = Callable[[], int]


def monotonic_us() -> int:
    """Microseconds of a clock that only goes forward; used for durations, never for results."""
    return perf_counter_ns() // 1000


class Stopwatch:
    """Adds the time spent in each step (µs) to what was measured before."""

    def __init__(self, clock: Clock, before_us: Mapping[str, int]) -> None:
        self._clock = clock
        self._us = dict(before_us)

    @contextmanager
    def step(self, name: StepName) -> Iterator[None]:
        began = self._clock()
        try:
            yield
        finally:
            self._us[name.value] = self._us.get(name.value, 0) + self._clock() - began

    @property
    def timings_us(self) -> tuple[tuple[str, int], ...]:
        """In the order of the log's steps."""
        return tuple((name.value, self._us[name.value]) for name in StepName if name.value in self._us)

    @property
    def total_us(self) -> int:
        return sum(self._us.values())

    def told_by(self, facts: Facts) -> Facts:
        """The same facts with these times."""
        return replace(facts, timings_us=self.timings_us)
