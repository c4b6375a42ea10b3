"""``objectives`` and ``budgetingMethod``: how much must be good, and what is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from pytest_errorbudget.model.slo import Budgeting, Occurrences, RatioTimeslices, Timeslices
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.yaml_places import Place

_METHODS = ("Occurrences", "Timeslices", "RatioTimeslices")


def objectives_of(document: Document) -> Iterator[tuple[str, Place]]:
    """Each objective with the name that its SLO gets: the document's, and of several ones each with its own."""
    objectives = tuple(document.need(document.spec, "objectives").items())
    if not objectives:
        raise document.refuse(document.spec.get("objectives"), "no objectives", "write one with a `target`")
    for position, objective in enumerate(objectives, 1):
        yield (document.name if len(objectives) == 1 else f"{document.name}-{_suffix(objective, position)}"), objective


def _suffix(objective: Place, position: int) -> str:
    named = objective.get("displayName")
    slug = re.sub(r"[^a-z0-9]+", "-", ((named.text if named is not None else None) or "").lower()).strip("-")
    return slug or str(position)


def target_of(document: Document, objective: Place) -> Fraction:
    found, percent = objective.get("target"), objective.get("targetPercent")
    if found is not None and percent is not None:
        raise document.refuse(percent, "`target` and `targetPercent` are both given", "keep one of them")
    at = found if found is not None else percent
    if at is None:
        raise document.refuse(objective, "an objective without `target`")
    if found is not None and _is_quoted(found):
        document.odd(found.span, f"the SLO `{document.name}` writes its target as text; it is read as a number")
    target = document.number(at, "target" if percent is None else "targetPercent") / (1 if percent is None else 100)
    if not 0 <= target <= 1:
        hint = f"write `targetPercent: {at.text}`" if percent is None else "a percentage is at most 100"
        raise document.refuse(at, f"the target `{at.text}` is not between 0 and {1 if percent is None else 100}", hint)
    return target


def _is_quoted(place: Place) -> bool:
    return getattr(place.node, "style", None) in {"'", '"'}


def budgeting_of(document: Document, objective: Place) -> Budgeting:
    method = document.spec.get("budgetingMethod")
    match None if method is None else method.text:
        case None:
            document.odd(
                document.spec.span, f"the SLO `{document.name}` has no `budgetingMethod`; `Occurrences` is taken"
            )
            return Occurrences()
        case "Occurrences":
            return Occurrences()
        case "Timeslices":
            return Timeslices(slice_us=_slice_us(document, objective), target=_slice_target(document, objective))
        case "RatioTimeslices":
            return RatioTimeslices(slice_us=_slice_us(document, objective))
        case other:
            raise document.refuse(
                method, f"`budgetingMethod: {other}` is none of OpenSLO's", f"write one of {', '.join(_METHODS)}"
            )


def _slice_us(document: Document, objective: Place) -> int:
    return document.duration_us(document.need(objective, "timeSliceWindow"))


def _slice_target(document: Document, objective: Place) -> Fraction:
    return document.share(document.need(objective, "timeSliceTarget"), "timeSliceTarget")
