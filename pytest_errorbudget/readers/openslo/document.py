"""One OpenSLO document while it is read: where it is refused, and what was odd about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import parse_duration
from pytest_errorbudget.readers.openslo.reading import Reading
from pytest_errorbudget.readers.yaml_places import Place

T = TypeVar("T")

_WORDS = {"day": "1d", "week": "1w"}
_CALENDAR_WORDS = {"month": "1M", "quarter": "1Q", "year": "1Y"}
_HINTS = {
    "alertPolicies": "list an AlertPolicy, or refer to one: `- alertPolicyRef: NAME`",
    "alertPolicyRef": "name an AlertPolicy",
    "condition": "write `condition: {kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h}`",
    "conditionRef": "name an AlertCondition",
    "conditions": "list an AlertCondition, or refer to one: `- conditionRef: NAME`",
    "calendar": "write `calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC}`",
    "duration": "write for example `duration: 28d`",
    "events": "name the [[events]] of errorbudget.toml that are counted",
    "isRolling": "write `isRolling: true`, without quotes, or say the `calendar`",
    "lookbackWindow": "write how far the condition looks back, such as `lookbackWindow: 1h`",
    "metricSource": 'write `metricSource: {type: errorbudget, spec: {events: requests, where: "status < 500"}}`',
    "objectives": "list an objective: `- target: 0.995`",
    "op": "write how the SLI is compared with `value`: `op: lte`",
    "spec": "write what the document says under `spec`",
    "startTime": "write where one of the periods begins: `startTime: 2026-01-01 00:00:00`",
    "target": "write the share that must be good, such as `target: 0.995`",
    "threshold": "write the burn rate from which on it fires, such as `threshold: 14.4`",
    "targetPercent": "write the share that must be good in percent, such as `targetPercent: 99.5`",
    "timeSliceTarget": "write the share of a slice's events that must be good, such as `timeSliceTarget: 0.99`",
    "timeSliceWindow": "write how long a slice is, such as `timeSliceWindow: 5m`",
    "timeWindow": "list one: `timeWindow: [{duration: 28d, isRolling: true}]`",
    "timeZone": "write an IANA name such as `timeZone: Europe/Berlin`",
    "type": "write the kind of the source, such as `type: errorbudget`",
    "value": "write the number (of an objective) or the column (of a metric source) that is compared",
    "where": 'write the predicate of the events that are meant, such as `where: "status < 500"`',
}
_NUMBER = re.compile(r"[+-]?(?=\.?\d)\d{0,20}(?:\.\d{0,20})?(?:[eE][+-]?\d{1,2})?", re.ASCII)


class Refused(Exception):
    """Something in the document that cannot be honoured: ``field`` at ``span``."""

    def __init__(self, field: str, span: Span, message: str, help: str) -> None:
        super().__init__(message)
        self.field, self.span, self.message, self.help = field, span, message, help


@dataclass(frozen=True, slots=True)
class Document:
    """A document of ``kind`` called ``name``; ``title`` is what messages call it (``the SLO `availability```)."""

    kind: str
    name: str
    root: Place
    reading: Reading

    @property
    def title(self) -> str:
        return f"the {self.kind} `{self.name}`"

    def refuse(self, at: Place, what: str, help: str = "") -> Refused:
        """``what`` follows the field's path: ``is `high`, which is not a number``. A field has a hint of its own."""
        hint = _HINTS.get(
            at.field.rpartition(".")[2].partition("[")[0],
            "correct it as https://github.com/OpenSLO/OpenSLO#specification says",
        )
        return Refused(at.field, at.span, self._message(at, what), help or hint)

    def fault(self, at: Place, what: str, help: str = "") -> None:
        """A refusal that lets the rest of the document be read, so that all faults are told at once."""
        self._tell(self.refuse(at, what, help))

    def odd(self, at: Place, what: str) -> None:
        self.reading.odd(at.span, self._message(at, what))

    def _message(self, at: Place, what: str) -> str:
        return f"{self.title}: `{at.field}` {what}" if at.field else f"{self.title} {what}"

    def attempt(self, read: Callable[[], T]) -> T | None:
        """What ``read`` gives; ``None`` where it is refused, which is told."""
        try:
            return read()
        except Refused as refused:
            self._tell(refused)
            return None

    def _tell(self, refused: Refused) -> None:
        place = ": ".join(filter(None, (f"{self.kind} {self.name}", refused.field)))
        self.reading.problem(refused.span, refused.message, refused.help, place)

    def need(self, within: Place, *keys: str) -> Place:
        found = within.written(*keys)
        if found is not None and not found.is_null:
            return found
        if found is not None:
            raise self.refuse(found, "is empty")
        raise self.refuse(Place(within.path, within.node, ".".join(filter(None, (within.field, *keys)))), "is missing")

    def text(self, within: Place, *keys: str) -> str:
        found = self.need(within, *keys)
        if not found.text:
            raise self.refuse(found, "is not a text")
        return found.text

    def listed(self, at: Place) -> Iterator[Place]:
        """The elements of a list; a mapping is read as the only one (``shape`` says so)."""
        return iter((at,)) if at.is_mapping else at.items()

    def number(self, at: Place) -> Fraction:
        text = (at.text or "").strip().replace("_", "")
        if _NUMBER.fullmatch(text) is None:
            raise self.refuse(at, f"is {self.shown(at)}, which is not a number")
        return Fraction(text)

    def share(self, at: Place) -> Fraction:
        """A number from 0 to 1; of a text that ends in a percent sign, a hundredth of it."""
        text = (at.text or "").strip()
        if text.endswith("%") and _NUMBER.fullmatch(text[:-1].strip()):
            self.odd(at, f"is `{at.text}`; it is read as a percentage")
            share = Fraction(text[:-1].strip()) / 100
        else:
            share = self.number(at)
            if at.is_quoted:
                self.odd(at, "is written as text; it is read as a number")
        if not 0 <= share <= 1:
            raise self.refuse(at, f"is `{at.text}`, which is not between 0 and 1", "write 99.5 % as `0.995`")
        return share

    def duration_text(self, at: Place) -> str:
        """The duration as written, or in OpenSLO's letters where it is a word."""
        text = (at.text or "").strip()
        if at.text is None:
            raise self.refuse(at, f"is {self.shown(at)}, where a duration such as `28d` belongs")
        letters = (_WORDS | _CALENDAR_WORDS).get(text.lower())
        if letters is not None:
            self.odd(at, f"is `{text}`; it is read as `{letters}`")
        return letters or text

    def duration_us(self, at: Place) -> int:
        return self.duration_of(at, self.duration_text(at))

    def duration_of(self, at: Place, text: str) -> int:
        try:
            return parse_duration(text)
        except ValueError as error:
            raise self.refuse(at, f"is no duration: {error}") from None

    def shown(self, at: Place) -> str:
        if at.text is not None:
            return f"`{at.text}`"
        return "a mapping" if at.is_mapping else "a list" if at.is_list else "empty"
