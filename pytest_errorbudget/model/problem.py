"""What could not be read, with what a person needs to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A door that did not open: what, where, why it matters (``consequence``) and what to do (``help``)."""

    rule: Rule
    message: str
    place: str
    span: Span | None = None
    consequence: str = ""
    help: str = ""

    def __str__(self) -> str:
        where = f"{self.span}: " if self.span is not None else ""
        tail = "".join(f"\n  {part}" for part in (self.consequence, self.help) if part)
        return f"{where}{self.message}{tail}"


class Unreadable(Exception):
    """Raised by a reader whose whole source is out of reach; the other readers go on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True, order=True)
class Unchecked:
    """Something that was seen and not checked, and why. Nothing is dropped in silence.

    ``items`` are the items that have nothing left to say for it: they are skipped with the reason.
    """

    kind: str
    place: str
    reason: str
    span: Span | None = None
    items: tuple[ItemId, ...] = ()
