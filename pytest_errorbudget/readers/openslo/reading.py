"""What is met while OpenSLO files are read: faults, and what was read in spite of the specification."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_errorbudget.model.problem import Problem, Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.brief import brief

_CONSEQUENCE = "No SLO is computed, and no other check runs, until the settings can be read."


@dataclass
class Reading:
    """One reading under way. A field has one problem, the first; an oddity is told once."""

    problems: list[Problem] = field(default_factory=list)
    oddities: list[Unchecked] = field(default_factory=list)

    def problem(self, span: Span, message: str, help: str = "", place: str = "") -> None:
        found = Problem(
            rule=Rule.SETTINGS_INVALID,
            message=brief(message),
            place=place or span.path,
            span=span,
            consequence=_CONSEQUENCE,
            help=brief(help),
        )
        if all((known.span, known.place) != (found.span, found.place) for known in self.problems):
            self.problems.append(found)

    def odd(self, span: Span, reason: str) -> None:
        oddity = Unchecked("openslo", f"{span.path}:{span.line}", brief(reason), span)
        if oddity not in self.oddities:
            self.oddities.append(oddity)
