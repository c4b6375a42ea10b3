"""Hypothesis without what takes longest, and with the same examples in every run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings


@pytest.fixture
def unshrunk() -> Iterator[None]:
    """A failing example as it was drawn: to make it small takes longer than all else here. The same examples in every
    run, and many: a test that wants one that fails must never depend on which are drawn."""
    before = settings.get_current_profile_name()
    settings.register_profile("unshrunk", derandomize=True, max_examples=500, phases=[Phase.generate])
    settings.load_profile("unshrunk")
    yield
    settings.load_profile(before)


@pytest.fixture
def same_examples() -> Iterator[None]:
    """Fifty examples, the same ones in every run, shrunk where one fails."""
    before = settings.get_current_profile_name()
    settings.register_profile("same_examples", derandomize=True, max_examples=50)
    settings.load_profile("same_examples")
    yield
    settings.load_profile(before)
