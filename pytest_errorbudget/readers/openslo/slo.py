"""One OpenSLO document of kind SLO as values: an SLO for each of its objectives."""

from __future__ import annotations

from pytest_errorbudget.model.slo import Sli, SliKind, Slo
from pytest_errorbudget.readers.openslo.alerts import conditions_of
from pytest_errorbudget.readers.openslo.document import Document, NotCountable, Odd, Refused, Registry
from pytest_errorbudget.readers.openslo.objectives import budgeting_of, objectives_of, target_of
from pytest_errorbudget.readers.openslo.time_window import period_of
from pytest_errorbudget.readers.yaml_places import Place

_COMPARATORS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_FREE_FORM = 'metricSource: {type: errorbudget, spec: {events: requests, where: "status < 500"}}'


def slos_of(found: Place, registry: Registry, odd: Odd) -> tuple[Slo, ...]:
    """The SLOs; ``odd`` is told what was read in spite of the specification. Raises ``Refused``."""
    named = found.get("metadata", "name")
    spec = found.get("spec")
    if named is None or not named.text:
        raise Refused("", found.span, "an SLO without a name", "give it one under `metadata.name`")
    if spec is None or not spec.is_mapping:
        raise Refused(named.text, found.span, f"the SLO `{named.text}` has no `spec`")
    document = Document(named.text, spec, odd, registry)
    service = spec.get("service")
    if service is None or not service.text:
        odd(spec.span, f"the SLO `{named.text}` names no `service`; its own name is taken")
    period, conditions = period_of(document), conditions_of(document)
    return tuple(
        Slo(
            name=name,
            service=named.text if service is None or not service.text else service.text,
            sli=_sli(document, objective),
            objective=target_of(document, objective),
            period=period,
            span=named.span,
            budgeting=budgeting_of(document, objective),
            conditions=conditions,
        )
        for name, objective in objectives_of(document)
    )


def _sli(document: Document, objective: Place) -> Sli:
    inline, named = document.spec.get("indicator"), document.spec.get("indicatorRef")
    if inline is None and named is None:
        raise document.refuse(None, "neither `indicator` nor `indicatorRef`")
    if inline is not None:
        spec = inline.get("spec")
        if spec is None:
            document.odd(inline.span, f"the indicator of `{document.name}` has no `spec`; its own keys are read")
        return _indicator(document, spec or inline, objective)
    assert named is not None
    return _indicator(document, document.need(document.referred(named, "SLI"), "spec"), objective)


def _indicator(document: Document, spec: Place, objective: Place) -> Sli:
    ratio, threshold = spec.get("ratioMetric"), spec.get("thresholdMetric")
    if threshold is not None:
        return _threshold(document, threshold, objective)
    if ratio is None:
        raise document.refuse(spec, "an indicator with neither `ratioMetric` nor `thresholdMetric`")
    operator = objective.get("op")
    if operator is not None:
        document.odd(operator.span, f"`op` of `{document.name}` is left out: it belongs to a thresholdMetric")
    return _ratio(document, ratio)


def _ratio(document: Document, ratio: Place) -> Sli:
    if ratio.get("raw") is not None:
        raise document.refuse(ratio.get("raw"), "a `raw` ratio is not supported", f"write `good` with {_FREE_FORM}")
    good, bad = ratio.get("good"), ratio.get("bad")
    if (good is None) == (bad is None):
        raise document.refuse(ratio, "a ratioMetric needs `good` or `bad`, and not both")
    found = good if good is not None else bad
    assert found is not None
    source = _source(document, found)
    predicate = document.text(source, "where")
    events = document.text(source, "events")
    total = ratio.get("total")
    if total is None:
        document.odd(ratio.span, f"the SLI of `{document.name}` has no `total`; every event is valid")
    return Sli(
        events=events,
        good=predicate if good is not None else f"not ({predicate})",
        where=None if total is None else _valid(document, total, events),
        kind=_kind(document, predicate),
    )


def _valid(document: Document, total: Place, events: str) -> str | None:
    source = _source(document, total)
    counted = source.get("events")
    if counted is not None and counted.text != events:
        raise document.refuse(
            counted, f"`total` counts the events `{counted.text}` and `good` the events `{events}`", "name one source"
        )
    where = source.get("where")
    return None if where is None else where.text


def _threshold(document: Document, threshold: Place, objective: Place) -> Sli:
    """``value`` is the column; the objective's ``op`` and ``value`` make it a predicate."""
    source = _source(document, threshold)
    column = document.text(source, "value")
    operator, limit = document.need(objective, "op"), document.need(objective, "value")
    sign = _COMPARATORS.get(operator.text or "")
    if sign is None:
        raise document.refuse(operator, f"`op: {operator.text}` is none of {', '.join(sorted(_COMPARATORS))}")
    document.number(limit, "value")
    predicate = f"{column} {sign} {limit.text}"
    where = source.get("where")
    return Sli(
        events=document.text(source, "events"),
        good=predicate,
        where=None if where is None else where.text,
        kind=_kind(document, predicate),
    )


def _source(document: Document, metric: Place) -> Place:
    """The ``spec`` of a metricSource of ours. Its ``type`` may be left out where ``events`` is named."""
    source = document.need(metric, "metricSource")
    kind, spec = _source_type(document, source), source.get("spec")
    if kind is not None and kind.text != "errorbudget":
        raise NotCountable(
            document.name,
            kind.span,
            f"the SLO `{document.name}` is not computed: its metric source `{kind.text}` is not events that can be "
            f"counted exactly. Write {_FREE_FORM}",
        )
    if spec is None:
        raise document.refuse(source, "a metricSource without `spec`", f"write {_FREE_FORM}")
    if kind is None:
        document.odd(source.span, f"a metricSource of `{document.name}` has no `type`; `errorbudget` is taken")
    return spec


def _source_type(document: Document, source: Place) -> Place | None:
    reference = source.get("metricSourceRef")
    if source.get("type") is not None or reference is None:
        return source.get("type")
    return document.need(document.referred(reference, "DataSource"), "spec", "type")


def _kind(document: Document, predicate: str) -> SliKind:
    words = f"{document.name} {predicate}".lower()
    return (
        SliKind.LATENCY if any(word in words for word in ("latency", "duration", "elapsed")) else SliKind.AVAILABILITY
    )
