"""What a run tells of itself while it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.run import StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicesCounted:
    """How many slices of a source's events are counted, and of how many that had to be."""

    counted: int
    of: int


Told = StepName | SlicesCounted
"""A step that begins, or how far a long one has come."""
