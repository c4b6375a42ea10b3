"""What every reading of a run shares: the request, and the problems and gaps met so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pytest_errorbudget.model.problem import Problem, Unchecked, Unreadable
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.pipeline.request import Request

T = TypeVar("T")


@dataclass
class Gathering:
    """Facts under way."""

    request: Request
    problems: list[Problem] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)

    def attempt(self, read: Callable[[], T], otherwise: T, at: Span | None = None) -> T:
        """What ``read`` gives, or ``otherwise`` with its problem kept; one without a place is the settings' ``at``."""
        try:
            return read()
        except Unreadable as error:
            self.problems.append(self.placed(error.problem, at))
            return otherwise

    def placed(self, problem: Problem, at: Span | None) -> Problem:
        """With the place in the settings where it has none of its own, and they are a file."""
        is_known = problem.span is not None or not self.request.project.settings.exists
        return problem if is_known else replace(problem, span=at)
