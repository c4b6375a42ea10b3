"""How often a long count speaks."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.progress import SlicesCounted
from pytest_errorbudget.pipeline.quarters import in_quarters


@pytest.mark.parametrize(
    ("slices", "told"),
    [(1, []), (7, []), (8, [2, 4, 6]), (10, [3, 5, 8]), (84, [21, 42, 63]), (399, [100, 200, 300])],
)
def test_a_line_a_quarter(slices: int, told: list[int]) -> None:
    heard: list[SlicesCounted] = []
    tell = in_quarters(heard.append)
    for number in range(slices):
        tell(number, slices)
    assert heard == [SlicesCounted(counted=counted, of=slices) for counted in told]
