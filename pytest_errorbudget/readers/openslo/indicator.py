"""``indicator``: what is measured, before an objective says how much of it must be good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.openslo.document import Document, Refused
from pytest_errorbudget.readers.openslo.sources import FREE_FORM, Elsewhere, Events, SourceTypes, source_of
from pytest_errorbudget.readers.slos.stated_indicators import StatedIndicator
from pytest_errorbudget.readers.yaml_places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """``good`` and ``where`` (``None``: all) are predicates over the events; ``events_at`` is where the source is
    named, ``good_at`` and ``where_at`` are where these are."""

    events: str
    good: str
    where: str | None
    events_at: Span | None
    good_at: Span
    where_at: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """``value`` is a column; an objective's ``op`` and ``value`` make it a predicate."""

    events: str
    value: str
    where: str | None
    events_at: Span | None
    good_at: Span
    where_at: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """``form`` says what is measured (``good of total``); ``source`` where. Nothing of ours can count it."""

    form: str
    source: Elsewhere

    @property
    def is_threshold(self) -> bool:
        return self.form == "a threshold"


Measure = Ratio | Threshold | Foreign


def measure_of(document: Document, spec: Place, types: SourceTypes) -> Measure:
    """What an indicator's ``spec`` measures. Raises ``Refused``."""
    ratio, threshold = spec.get("ratioMetric"), spec.get("thresholdMetric")
    if ratio is not None and threshold is not None:
        raise document.refuse(threshold, "stands beside a `ratioMetric`", "keep one of them")
    if threshold is not None:
        return _threshold(document, threshold, types)
    if ratio is None:
        raise document.refuse(spec, "has neither `ratioMetric` nor `thresholdMetric`", "write one of them")
    raw = ratio.get("raw")
    return _ratio(document, ratio, types) if raw is None else _raw(document, ratio, raw, types)


def _threshold(document: Document, threshold: Place, types: SourceTypes) -> Measure:
    match source_of(document, threshold, types):
        case Elsewhere() as elsewhere:
            return Foreign(form="a threshold", source=elsewhere)
        case Events(at):
            where = at.get("where")
            return Threshold(
                events=document.text(at, "events"),
                value=document.text(at, "value"),
                where=None if where is None else document.text(at, "where"),
                events_at=document.need(at, "events").span,
                good_at=document.need(at, "value").span,
                where_at=None if where is None else where.span,
            )
        case other:
            assert_never(other)


def _raw(document: Document, ratio: Place, raw: Place, types: SourceTypes) -> Measure:
    for key in ("good", "bad", "total"):
        beside = ratio.get(key)
        if beside is not None:
            raise document.refuse(beside, "stands beside a `raw` ratio", "keep one of them")
    match source_of(document, raw, types):
        case Elsewhere() as elsewhere:
            return Foreign(form="a raw ratio", source=elsewhere)
        case Events():
            raise document.refuse(raw, "is a ratio, and events are counted", f"write `good` with {FREE_FORM}")
        case other:
            assert_never(other)


def _ratio(document: Document, ratio: Place, types: SourceTypes) -> Measure:
    good, bad, total = ratio.get("good"), ratio.get("bad"), ratio.get("total")
    found = good if good is not None else bad
    if found is None or (good is not None and bad is not None):
        raise document.refuse(ratio, "needs `good` or `bad`, and not both")
    part, whole = source_of(document, found, types), None if total is None else source_of(document, total, types)
    if total is None:
        document.odd(ratio, "has no `total`; every event is valid")
    form = f"{'good' if good is not None else 'bad'} of total"
    match part, whole:
        case Elsewhere() as one, Elsewhere() as other:
            return Foreign(form=form, source=replace(one, queries=(*one.queries, *other.queries)))
        case (Elsewhere() as elsewhere, _) | (_, Elsewhere() as elsewhere):
            return Foreign(form=form, source=elsewhere)
        case Events(at), _:
            _counter(document, ratio)
            predicate = document.text(at, "where")
            events = document.text(at, "events")
            return Ratio(
                events=events,
                good=predicate if good is not None else f"not ({predicate})",
                where=None if not isinstance(whole, Events) else _valid(document, whole.at, events),
                events_at=document.need(at, "events").span,
                good_at=document.need(at, "where").span,
                where_at=_where_at(whole),
            )
    raise AssertionError("a source is events or elsewhere")


def _where_at(total: Elsewhere | Events | None) -> Span | None:
    where = total.at.get("where") if isinstance(total, Events) else None
    return None if where is None else where.span


def _counter(document: Document, ratio: Place) -> None:
    counter = ratio.get("counter")
    if counter is not None and counter.flag is not False:
        document.odd(counter, f"is `{counter.text}`; events are counted one by one, so it is left out")


def _valid(document: Document, total: Place, events: str) -> str | None:
    counted, where = total.get("events"), total.get("where")
    if counted is not None and counted.text != events:
        raise document.refuse(counted, f"is `{counted.text}`, and the ratio's other part counts `{events}`", "name one")
    return None if where is None else document.text(total, "where")


def stated(document: Document, name: str, foreign: Foreign, found: StatedIndicator) -> Ratio | Threshold:
    """The same indicator, counted as the settings say."""
    given, key = (found.value, "value") if foreign.is_threshold else (found.good, "good")
    if given is None:
        message = f"[indicators.{name}] states no `{key}`, and {document.title} measures {foreign.form}"
        raise Refused(name, found.span, message, f"write `{key}` there")
    if foreign.is_threshold:
        return Threshold(
            events=found.events,
            value=given,
            where=found.where,
            events_at=found.span,
            good_at=found.good_at,
            where_at=found.where_at,
        )
    return Ratio(
        events=found.events,
        good=given,
        where=found.where,
        events_at=found.span,
        good_at=found.good_at,
        where_at=found.where_at,
    )
