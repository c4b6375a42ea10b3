"""The documents that SLOs refer to, each read once: data sources, indicators, conditions and policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pytest_errorbudget.model.alert import Condition
from pytest_errorbudget.readers.openslo.alerts import condition_of, conditions_of
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.openslo.indicator import Measure, measure_of
from pytest_errorbudget.readers.openslo.sources import SourceTypes
from pytest_errorbudget.readers.slos.stated_indicators import StatedIndicator

_REFERRED = frozenset({"SLI", "AlertPolicy", "AlertCondition"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """By name; ``None`` is a document that is refused, which is told already. ``used`` are (kind, name) of what some
    other document refers to, ``stated`` the indicators of the settings."""

    types: SourceTypes
    measures: Mapping[str, Measure | None]
    conditions: Mapping[str, Condition | None]
    policies: Mapping[str, tuple[Condition, ...]]
    stated: Mapping[str, StatedIndicator]
    used: set[tuple[str, str]] = field(default_factory=set)

    def use(self, kind: str, name: str) -> None:
        self.used.add((kind, name))


def library_of(documents: Sequence[Document], stated: Mapping[str, StatedIndicator]) -> Library:
    by_kind = {
        kind: {document.name: document for document in documents if document.kind == kind}
        for kind in ("DataSource", "SLI", "AlertCondition", "AlertPolicy")
    }
    used: set[tuple[str, str]] = set()
    types = {name: document.attempt(partial(_type, document)) for name, document in by_kind["DataSource"].items()}
    conditions = {name: condition_of(document) for name, document in by_kind["AlertCondition"].items()}
    return Library(
        types=types,
        measures={
            name: document.attempt(partial(_measure, document, types)) for name, document in by_kind["SLI"].items()
        },
        conditions=conditions,
        policies={
            name: conditions_of(document, conditions, lambda other: used.add(("AlertCondition", other)))
            for name, document in by_kind["AlertPolicy"].items()
        },
        stated=stated,
        used=used,
    )


def _type(document: Document) -> str:
    return document.text(document.root, "spec", "type")


def _measure(document: Document, types: SourceTypes) -> Measure:
    return measure_of(document, document.need(document.root, "spec"), types)


def tell_unused(documents: Sequence[Document], library: Library) -> None:
    """Nothing is dropped in silence: what no SLO refers to is neither computed nor evaluated."""
    for document in documents:
        if document.kind in _REFERRED and (document.kind, document.name) not in library.used:
            document.odd(document.root, "is referred to by no other document: nothing is computed from it")
