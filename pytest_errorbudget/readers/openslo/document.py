"""One OpenSLO document while it is read: where it is refused, and what was odd about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import parse_duration
from pytest_errorbudget.readers.yaml_places import Place

Odd = Callable[[Span, str], None]
Registry = Mapping[tuple[str, str], Place]
"""Documents by kind and name, so that others can refer to them."""

_WORDS = {"day": "1d", "week": "1w"}


class Refused(Exception):
    """Something in the document that cannot be honoured; ``name`` is the SLO's, where it has one."""

    def __init__(self, name: str, span: Span, message: str, help: str = "") -> None:
        super().__init__(message)
        self.name, self.span, self.message, self.help = name, span, message, help


class NotCountable(Refused):
    """A good document whose numbers are kept where events cannot be counted one by one."""


@dataclass(frozen=True, slots=True)
class Document:
    """The ``spec`` of the SLO ``name``; ``odd`` is told what was read in spite of the specification."""

    name: str
    spec: Place
    odd: Odd
    registry: Registry

    def refuse(self, at: Place | None, message: str, help: str = "") -> Refused:
        return Refused(self.name, (at or self.spec).span, f"the SLO `{self.name}`: {message}", help)

    def need(self, within: Place, *keys: str) -> Place:
        found = within.get(*keys)
        if found is None:
            raise self.refuse(within, f"`{'.'.join(keys)}` is missing")
        return found

    def text(self, within: Place, *keys: str) -> str:
        found = self.need(within, *keys)
        if not found.text:
            raise self.refuse(found, f"`{'.'.join(keys)}` is not a text")
        return found.text

    def number(self, at: Place, field: str) -> Fraction:
        try:
            return Fraction((at.text or "").strip().rstrip("%").strip())
        except (ValueError, ZeroDivisionError):
            raise self.refuse(at, f"`{field}: {at.text}` is not a number") from None

    def share(self, at: Place, field: str) -> Fraction:
        """A number from 0 to 1."""
        share = self.number(at, field)
        if not 0 <= share <= 1:
            raise self.refuse(at, f"`{field}: {at.text}` is not between 0 and 1")
        return share

    def duration_text(self, at: Place) -> str:
        """The duration as written, or in our letters where it is a word."""
        text = (at.text or "").strip()
        if text.lower() in _WORDS:
            self.odd(at.span, f"`duration: {text}` is read as `{_WORDS[text.lower()]}`")
            return _WORDS[text.lower()]
        return text

    def duration_us(self, at: Place) -> int:
        try:
            return parse_duration(self.duration_text(at))
        except ValueError as error:
            raise self.refuse(at, str(error)) from None

    def referred(self, at: Place, kind: str) -> Place:
        """The document of that kind that ``at`` names."""
        found = self.registry.get((kind, at.text or ""))
        if found is None:
            known = ", ".join(f"`{name}`" for of, name in sorted(self.registry) if of == kind) or "none"
            raise self.refuse(at, f"there is no {kind} `{at.text}`", f"the documents of that kind: {known}")
        return found
