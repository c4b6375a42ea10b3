"""What every reading of a run shares: the request, and the problems and gaps met so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from pytest_errorbudget.model.problem import Problem, Unchecked, Unreadable
from pytest_errorbudget.pipeline.request import Request

T = TypeVar("T")


@dataclass
class Gathering:
    """Facts under way."""

    request: Request
    problems: list[Problem] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)

    def attempt(self, read: Callable[[], T], otherwise: T) -> T:
        """What ``read`` gives, or ``otherwise`` with its problem kept."""
        try:
            return read()
        except Unreadable as error:
            self.problems.append(error.problem)
            return otherwise
