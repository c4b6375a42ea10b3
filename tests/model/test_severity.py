"""Severities are ordered, and have a second word in the log."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.severity import Severity


def test_they_are_ordered_by_gravity() -> None:
    assert Severity.INFORMATION.rank < Severity.WARNING.rank < Severity.ERROR.rank


@pytest.mark.parametrize(
    ("severity", "word"), [(Severity.INFORMATION, "low"), (Severity.WARNING, "medium"), (Severity.ERROR, "high")]
)
def test_the_log_calls_them(severity: Severity, word: str) -> None:
    assert severity.level == word
