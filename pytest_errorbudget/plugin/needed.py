"""What the selected items need gathered."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pytest_errorbudget.pipeline.steps import EVERY_STEP, Steps
from pytest_errorbudget.plugin.items import ErrorBudgetItem


def steps_needed(items: Iterable[pytest.Item]) -> Steps:
    """Nothing where no item is ours or uses the shared run."""
    needed: Steps = frozenset()
    for item in items:
        if isinstance(item, ErrorBudgetItem):
            needed |= item.planned.steps
        elif "errorbudget_run" in getattr(item, "fixturenames", ()):
            needed |= EVERY_STEP
    return needed
