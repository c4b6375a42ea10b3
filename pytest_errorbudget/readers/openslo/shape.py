"""The fields of OpenSLO v1: a field that it does not have, of another shape, or written twice is told with its place.

Source: https://github.com/OpenSLO/OpenSLO#specification.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.yaml_places import Place


class Leaf(Enum):
    TEXT = "a text"
    FREE = "anything"


TEXT, FREE = Leaf.TEXT, Leaf.FREE
Shape = Any
"""A ``Leaf``, a mapping of fields to shapes, or a tuple of the shapes that an element of a list may have."""

_METADATA = {"name": TEXT, "displayName": TEXT, "labels": FREE, "annotations": FREE}
_HEAD = {"apiVersion": TEXT, "kind": TEXT, "metadata": _METADATA}
_METRIC = {"metricSource": {"metricSourceRef": TEXT, "type": TEXT, "spec": FREE}}
_MEASURES = {
    "description": TEXT,
    "thresholdMetric": _METRIC,
    "ratioMetric": {
        "counter": TEXT,
        "good": _METRIC,
        "bad": _METRIC,
        "total": _METRIC,
        "rawType": TEXT,
        "raw": _METRIC,
    },
}
# Some write the measures of an inline indicator beside its metadata.
_INDICATOR = {**_HEAD, "spec": _MEASURES, "thresholdMetric": _METRIC, "ratioMetric": _MEASURES["ratioMetric"]}
_OBJECTIVE = {
    "displayName": TEXT,
    "op": TEXT,
    "value": TEXT,
    "target": TEXT,
    "targetPercent": TEXT,
    "timeSliceTarget": TEXT,
    "timeSliceWindow": TEXT,
    "indicator": _INDICATOR,
    "indicatorRef": TEXT,
    "compositeWeight": TEXT,
}
_CONDITION = {
    "description": TEXT,
    "severity": TEXT,
    "condition": {"kind": TEXT, "op": TEXT, "threshold": TEXT, "lookbackWindow": TEXT, "alertAfter": TEXT},
}
_TARGET = {"description": TEXT, "target": TEXT}
_POLICY = {
    "description": TEXT,
    "alertWhenNoData": TEXT,
    "alertWhenBreaching": TEXT,
    "alertWhenResolved": TEXT,
    "conditions": (TEXT, {**_HEAD, "spec": _CONDITION, "conditionRef": TEXT}),
    "notificationTargets": FREE,
}
_WINDOW = {"duration": TEXT, "isRolling": TEXT, "calendar": {"startTime": TEXT, "timeZone": TEXT}}
_SLO = {
    "description": TEXT,
    "service": TEXT,
    "indicator": _INDICATOR,
    "indicatorRef": TEXT,
    "timeWindow": (_WINDOW,),
    "budgetingMethod": TEXT,
    "objectives": (_OBJECTIVE,),
    "alertPolicies": (TEXT, {**_HEAD, "spec": _POLICY, "alertPolicyRef": TEXT}),
}
SHAPES: Mapping[str, Shape] = {
    kind: {**_HEAD, "spec": spec}
    for kind, spec in {
        "SLO": _SLO,
        "SLI": _MEASURES,
        "Service": {"description": TEXT},
        "DataSource": {"description": TEXT, "type": TEXT, "connectionDetails": FREE},
        "AlertPolicy": _POLICY,
        "AlertCondition": _CONDITION,
        "AlertNotificationTarget": _TARGET,
    }.items()
}
_ANYWHERE = frozenset({*_HEAD, *_METADATA, "spec", "description", "type"})
"""Names that have many homes, and say little."""
_PLACE = re.compile(r"\[\d+\]")
_COMPUTED = frozenset({"SLO", "SLI", "DataSource", "AlertPolicy", "AlertCondition"})


def check_shape(document: Document, place: Place, shape: Shape) -> None:
    """Tells of every fault of ``place`` and what is below it; null is nothing, and never a fault."""
    if place.is_null or shape is FREE:
        return
    if shape is TEXT:
        if place.text is None:
            document.fault(place, f"is {document.shown(place)} where a text or a number belongs")
    elif isinstance(shape, tuple):
        _check_list(document, place, shape)
    elif not place.is_mapping:
        document.fault(place, f"is {document.shown(place)} where a mapping belongs")
    else:
        _check_keys(document, place, shape)
        for key, value in place.entries():
            if key in shape:
                check_shape(document, value, shape[key])


def _check_list(document: Document, place: Place, shapes: tuple[Shape, ...]) -> None:
    if place.is_mapping:
        document.odd(place, "is one mapping where a list belongs; it is read as its only element")
    elif not place.is_list:
        document.fault(place, f"is {document.shown(place)} where a list belongs")
    for element in document.listed(place):
        plain = element.text is not None and TEXT in shapes
        check_shape(document, element, TEXT if plain else shapes[-1])


def _check_keys(document: Document, place: Place, fields: Mapping[str, Shape]) -> None:
    seen: set[str] = set()
    written = {key for key, _ in place.entries()}
    for key in place.own_keys():
        name = key.text or ""
        if not key.is_scalar:
            document.odd(key, f"has {document.shown(key)} as a key; it is left out")
            continue
        if name in seen:
            document.fault(key, "is written twice", "keep one of them: YAML does not say which of the two counts")
        elif name not in fields and name != "<<":
            _unknown(document, key, name, [field for field in fields if field not in written])
        seen.add(name)


def _unknown(document: Document, key: Place, name: str, free: list[str]) -> None:
    """A name that belongs elsewhere in the document, or is close to one that is not written, is a slip; any other is
    left out, as are those that say nothing which is computed: of metadata, services and notification targets."""
    if document.kind in _COMPUTED and not key.field.startswith("metadata"):
        homes = tuple(_homes(SHAPES[document.kind], name)) if name not in _ANYWHERE else ()
        if homes:
            nearest = max(homes, key=lambda home: _shared(home, key.field))
            document.fault(key, "does not belong here", f"write it under `{nearest}`")
            return
        near = difflib.get_close_matches(name, free, n=1, cutoff=0.75)
        if near:
            document.fault(key, "is no field of OpenSLO v1", f"did you mean `{near[0]}`?")
            return
    document.odd(key, "is no field of OpenSLO v1; it is left out")


def _shared(home: str, field: str) -> int:
    """How many steps of the path are the same."""
    written = _PLACE.sub("[]", field).split(".")
    pairs = enumerate(zip(home.split("."), written, strict=False))
    return next((count for count, (one, other) in pairs if one != other), len(written))


def _homes(shape: Shape, name: str, path: str = "") -> Iterator[str]:
    """Where a field of that name belongs, the outermost place first."""
    fields = shape[-1] if isinstance(shape, tuple) else shape
    if not isinstance(fields, Mapping):
        return
    here = f"{path}[]" if isinstance(shape, tuple) else path
    if name in fields:
        yield here
    for key, inner in fields.items():
        yield from _homes(inner, name, f"{here}.{key}".lstrip("."))
