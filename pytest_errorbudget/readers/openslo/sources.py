"""``metricSource``: the events that are counted, or another source that is named and not computed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.yaml_places import Place

OURS = "errorbudget"
FREE_FORM = 'metricSource: {type: errorbudget, spec: {events: requests, where: "status < 500"}}'
_KEYS = ("events", "where", "value")
_FIXED_RANGE = re.compile(r"\[\d+(?:ms|[smhdwy])\]")

SourceTypes = Mapping[str, str | None]
"""The ``type`` of each DataSource by its name."""


@dataclass(frozen=True, slots=True)
class Events:
    """The free-form ``spec`` of ours; ``at`` is its place."""

    at: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A source whose numbers are not events of ours. ``queries`` are the texts that it would be asked."""

    source: str
    queries: tuple[str, ...]
    span: Span

    @property
    def fixed_ranges(self) -> tuple[str, ...]:
        """Ranges such as ``[5m]`` that a query fixes, so that it answers for no other window."""
        return tuple(dict.fromkeys(found for query in self.queries for found in _FIXED_RANGE.findall(query)))


def source_of(document: Document, metric: Place, types: SourceTypes) -> Events | Elsewhere:
    source = document.need(metric, "metricSource")
    kind, spec = source.get("type"), source.get("spec")
    text = kind.text if kind is not None else _referred(document, source, types)
    _compare(document, source, types)
    if text is not None and text.casefold() != OURS:
        return Elsewhere(source=text, queries=tuple(_texts(spec)), span=(kind or source).span)
    if spec is None:
        raise document.refuse(source, "has no `spec`", f"write {FREE_FORM}")
    if kind is None and source.get("metricSourceRef") is None:
        if spec.get("events") is None:
            raise document.refuse(source, "names neither `type` nor `metricSourceRef`", f"write {FREE_FORM}")
        document.odd(source, f"has no `type`; `{OURS}` is taken")
    _check_keys(document, spec)
    return Events(spec)


def _referred(document: Document, source: Place, types: SourceTypes) -> str | None:
    reference = source.get("metricSourceRef")
    if reference is None:
        return None
    name = reference.text or ""
    if name in types:
        return types[name]
    if source.get("spec", "events") is None:
        return name
    known = ", ".join(f"`{name}`" for name in sorted(types)) or "none"
    raise document.refuse(reference, f"is `{name}`, and there is no such DataSource", f"defined are: {known}")


def _compare(document: Document, source: Place, types: SourceTypes) -> None:
    """A type beside a reference to a DataSource of another type."""
    kind, reference = source.get("type"), source.get("metricSourceRef")
    other = None if reference is None else types.get(reference.text or "")
    if kind is not None and other is not None and (kind.text or "").casefold() != other.casefold():
        document.odd(kind, f"is `{kind.text}`, and the DataSource is of type `{other}`; `{kind.text}` is taken")


def _check_keys(document: Document, spec: Place) -> None:
    """Our own free form is strict: a predicate that is not read would count other events."""
    if not spec.is_mapping:
        raise document.refuse(spec, f"is {document.shown(spec)} where a mapping belongs", f"write {FREE_FORM}")
    for key in spec.own_keys():
        if key.text not in (*_KEYS, "<<"):
            near = difflib.get_close_matches(key.text or "", _KEYS, n=1, cutoff=0.5)
            known = ", ".join(f"`{name}`" for name in _KEYS)
            document.fault(key, "is unknown", f"did you mean `{near[0]}`?" if near else f"known here: {known}")


def _texts(spec: Place | None) -> Iterator[str]:
    """The texts of a free-form spec; texts below lists and further mappings are no query of its own."""
    for _, value in spec.entries() if spec is not None else ():
        if value.text is not None:
            yield value.text.strip()
