"""``AlertPolicy`` and ``AlertCondition``: the burn-rate conditions that somebody already alerts on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from pytest_errorbudget.model.alert import Condition, Urgency
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.openslo.reading import Reading
from pytest_errorbudget.readers.slos.severities import urgency_of
from pytest_errorbudget.readers.yaml_places import Place

_OPERATORS = {"gt": False, "gte": True}
_REVERSED = {"lt": "gt", "lte": "gte"}
_ZERO = frozenset({"0", "0s", "0m", "0h", "0d", "0w"})

Conditions = Mapping[str, Condition | None]
"""AlertConditions by name; ``None`` for one that is refused."""


def named_document(kind: str, at: Place, reading: Reading, otherwise: str) -> Document:
    """An inline document, called by its own name or by the one around it."""
    named = at.get("metadata", "name")
    return Document(kind, (named.text if named is not None else None) or otherwise, at, reading)


def condition_of(document: Document) -> Condition | None:
    """The condition of an ``AlertCondition``; ``None`` where it is refused, which is told."""
    return document.attempt(lambda: _condition(document))


def conditions_of(document: Document, known: Conditions, use: Callable[[str], None]) -> tuple[Condition, ...]:
    """The conditions of an ``AlertPolicy`` in order, inline or by reference; ``use`` is told which are referred to."""
    entries = document.attempt(lambda: tuple(document.listed(document.need(document.root, "spec", "conditions"))))
    if entries is None or not _breaching(document):
        return ()
    if len(entries) > 1:
        document.odd(entries[1], "is a second condition, where OpenSLO has one; any of them fires")
    return tuple(one for entry in entries if (one := _entry(document, entry, known, use)) is not None)


def _entry(document: Document, entry: Place, known: Conditions, use: Callable[[str], None]) -> Condition | None:
    reference = entry if entry.text is not None else entry.get("conditionRef")
    if reference is None:
        return condition_of(named_document("AlertCondition", entry, document.reading, document.name))
    if entry.text is not None:
        document.odd(entry, f"is `{entry.text}`; it is read as a reference")
    name = reference.text or ""
    use(name)
    if name not in known:
        document.odd(reference, f"is `{name}`, and there is no such AlertCondition: it is not evaluated")
    return known.get(name)


def _breaching(document: Document) -> bool:
    """Whether the policy alerts on a breach, which is all that is evaluated here."""
    silent, breaching = (document.root.get("spec", key) for key in ("alertWhenNoData", "alertWhenBreaching"))
    if silent is not None and silent.flag:
        document.odd(silent, "is true; missing data is told as such, and fires nothing here")
    if breaching is None:
        document.odd(document.need(document.root, "spec"), "does not say `alertWhenBreaching: true`; it is taken so")
    elif not breaching.flag:
        document.odd(breaching, f"is `{breaching.text}`: the policy alerts on no breach, and is not evaluated")
        return False
    return True


def _condition(document: Document) -> Condition:
    spec = document.need(document.root, "spec")
    condition = document.need(spec, "condition")
    kind = condition.get("kind")
    if kind is not None and (kind.text or "").casefold() != "burnrate":
        raise document.refuse(kind, f"is {document.shown(kind)}, where `burnrate` is the only one")
    threshold = document.need(condition, "threshold")
    return Condition(
        name=document.name,
        urgency=_urgency(document, spec),
        burn=_burn(document, threshold),
        inclusive=_inclusive(document, condition),
        lookback_us=_lookback_us(document, document.need(condition, "lookbackWindow")),
        after_us=_after_us(document, condition.get("alertAfter")),
        span=threshold.span,
    )


def _burn(document: Document, threshold: Place) -> Fraction:
    burn = document.number(threshold)
    if burn < 0:
        raise document.refuse(threshold, f"is `{threshold.text}`, and no burn rate is below 0")
    return burn


def _lookback_us(document: Document, at: Place) -> int:
    text = (at.text or "").strip()
    if not text.startswith("-"):
        return document.duration_us(at)
    document.odd(at, f"is `{text}`; it is read as `{text[1:]}`, the time before the evaluation")
    return document.duration_of(at, text[1:])


def _after_us(document: Document, at: Place | None) -> int:
    return 0 if at is None or at.text in _ZERO else document.duration_us(at)


def _urgency(document: Document, spec: Place) -> Urgency:
    severity = spec.get("severity")
    if severity is None:
        document.odd(spec, "has no `severity`; it is taken as a ticket")
    return urgency_of("" if severity is None else severity.text or "")


def _inclusive(document: Document, condition: Place) -> bool:
    operator = condition.get("op")
    if operator is None:
        document.odd(condition, "has no `op`; `gt` is taken")
        return False
    text = operator.text or ""
    if text in _REVERSED:
        document.odd(operator, f"is `{text}`, which would fire while nothing burns; it is read as `{_REVERSED[text]}`")
        text = _REVERSED[text]
    if text not in _OPERATORS:
        raise document.refuse(
            operator, f"is {document.shown(operator)}, which is none of gt, gte", "a burn rate alerts where it is high"
        )
    return _OPERATORS[text]
