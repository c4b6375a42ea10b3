"""``objectives`` and ``budgetingMethod``: how much must be good, and what is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from pytest_errorbudget.model.slo import Budgeting, Occurrences, RatioTimeslices, Sli, Timeslices
from pytest_errorbudget.model.window import MINUTE_US
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.openslo.indicator import Foreign, Measure, Ratio, Threshold
from pytest_errorbudget.readers.slos.kind import kind_of
from pytest_errorbudget.readers.yaml_places import Place

_METHODS = ("Occurrences", "Timeslices", "RatioTimeslices")
_COMPARATORS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective, with the name that its SLO gets: the document's, and of several ones each with its own."""

    name: str
    at: Place


def objectives_of(document: Document, spec: Place) -> Iterator[Objective]:
    found = document.need(spec, "objectives")
    objectives = tuple(document.listed(found))
    if not objectives:
        raise document.refuse(found, "lists no objective", "write one with a `target`")
    names: set[str] = set()
    for position, objective in enumerate(objectives, 1):
        name = document.name if len(objectives) == 1 else f"{document.name}-{_suffix(objective, position)}"
        if name in names:
            document.fault(objective, f"becomes the SLO `{name}`, as another one does", "give it its own `displayName`")
            continue
        names.add(name)
        weight = objective.get("compositeWeight")
        if weight is not None:
            document.odd(weight, f"is left out: `{name}` is computed on its own, and the composite is not")
        yield Objective(name, objective)


def _suffix(objective: Place, position: int) -> str:
    named = objective.get("displayName")
    slug = re.sub(r"[^a-z0-9]+", "-", ((named.text if named is not None else None) or "").lower()).strip("-")
    return slug or str(position)


def target_of(document: Document, objective: Place) -> Fraction:
    found, percent = objective.get("target"), objective.get("targetPercent")
    if found is not None and percent is not None:
        raise document.refuse(percent, "stands beside `target`", "keep one of them")
    if percent is not None:
        target = document.number(percent) / 100
        if not 0 <= target <= 1:
            raise document.refuse(percent, f"is `{percent.text}`, which is not between 0 and 100")
        if 0 < target < Fraction(1, 100):
            document.odd(percent, "is less than one percent; a share such as 0.995 is written as `target`")
    else:
        found = document.need(objective, "target")
        target = _target(document, found)
    if target == 1:
        document.odd(percent or objective, "leaves no error budget: every bad event exceeds it")
    return target


def _target(document: Document, at: Place) -> Fraction:
    written = (at.text or "").strip()
    if not written.endswith("%") and 1 < document.number(at) <= 100:
        raise document.refuse(at, f"is `{at.text}`, which is not between 0 and 1", f"write `targetPercent: {at.text}`")
    return document.share(at)


def budgeting_of(document: Document, spec: Place, objective: Place) -> Budgeting:
    method = spec.get("budgetingMethod")
    if method is None:
        document.odd(spec, "has no `budgetingMethod`; `Occurrences` is taken")
    text = "Occurrences" if method is None else method.text or ""
    near = next((known for known in _METHODS if known.lower() == text.lower()), None)
    if method is not None and near is not None and near != text:
        document.odd(method, f"is `{text}`; it is read as `{near}`")
    match near:
        case "Occurrences":
            _left_out(document, objective, ("timeSliceTarget", "timeSliceWindow"), "budgets of time slices")
            return Occurrences()
        case "Timeslices":
            target = document.share(document.need(objective, "timeSliceTarget"))
            return Timeslices(slice_us=_slice_us(document, objective), target=target)
        case "RatioTimeslices":
            _left_out(document, objective, ("timeSliceTarget",), "`Timeslices`")
            return RatioTimeslices(slice_us=_slice_us(document, objective))
        case _:
            known = ", ".join(f"`{name}`" for name in _METHODS)
            raise document.refuse(method or spec, f"is `{text}`, which is none of OpenSLO's", f"write one of {known}")


def _left_out(document: Document, objective: Place, keys: tuple[str, ...], owner: str) -> None:
    for key in keys:
        at = objective.get(key)
        if at is not None:
            document.odd(at, f"is left out: it belongs to {owner}")


def _slice_us(document: Document, objective: Place) -> int:
    """A bare number is of minutes, as the specification has it."""
    at = document.need(objective, "timeSliceWindow")
    text = (at.text or "").strip()
    if re.fullmatch(r"[1-9]\d{0,5}", text, re.ASCII):
        return int(text) * MINUTE_US
    return document.duration_us(at)


def sli_of(document: Document, measure: Measure, objective: Objective) -> Sli | None:
    """The indicator under this objective; ``None`` where it is not events that are counted."""
    match measure:
        case Ratio(events=events, good=good, where=where):
            _left_out(document, objective.at, ("op", "value"), "a thresholdMetric")
            return Sli(events=events, good=good, where=where, kind=kind_of(objective.name, good))
        case Threshold(events=events, value=value, where=where):
            good = f"{value} {comparison(document, objective.at)}"
            return Sli(events=events, good=good, where=where, kind=kind_of(objective.name, good))
        case Foreign() as foreign:
            if foreign.is_threshold:
                comparison(document, objective.at)
            else:
                _left_out(document, objective.at, ("op", "value"), "a thresholdMetric")
            return None
        case _:
            assert_never(measure)


def comparison(document: Document, objective: Place) -> str:
    """``<= 300``, of an objective's ``op`` and ``value``."""
    operator, limit = document.need(objective, "op"), document.need(objective, "value")
    sign = _COMPARATORS.get(operator.text or "")
    if sign is None:
        known = ", ".join(sorted(_COMPARATORS))
        raise document.refuse(operator, f"is {document.shown(operator)}, which is none of {known}")
    document.number(limit)
    return f"{sign} {Decimal((limit.text or '').strip().replace('_', '')):f}"
