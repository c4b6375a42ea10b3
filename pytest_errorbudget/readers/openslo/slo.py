"""One OpenSLO document of kind SLO as values: an SLO for each of its objectives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from pytest_errorbudget.model.alert import Condition
from pytest_errorbudget.model.slo import Budgeting, Period, Slo
from pytest_errorbudget.readers.openslo.alerts import conditions_of, named_document
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.openslo.indicator import Foreign, Measure, Ratio, Threshold, measure_of, stated
from pytest_errorbudget.readers.openslo.library import Library
from pytest_errorbudget.readers.openslo.not_computed import NotComputed
from pytest_errorbudget.readers.openslo.objectives import (
    Objective,
    budgeting_of,
    comparison,
    objectives_of,
    sli_of,
    target_of,
)
from pytest_errorbudget.readers.openslo.time_window import period_of
from pytest_errorbudget.readers.slos.written import WrittenSlo
from pytest_errorbudget.readers.yaml_places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """What all objectives of a document share."""

    document: Document
    spec: Place
    library: Library
    service: str
    period: Period | None
    conditions: tuple[Condition, ...]


def slos_of(document: Document, library: Library) -> tuple[WrittenSlo | NotComputed, ...]:
    """The SLOs; every fault and oddity is told, and an objective with a fault gives none."""
    spec = document.attempt(lambda: document.need(document.root, "spec"))
    if spec is None or not spec.is_mapping:
        return ()
    service = spec.get("service")
    if service is None or not service.text:
        document.odd(spec, "names no `service`; the SLO's own name is taken")
    common = _Common(
        document=document,
        spec=spec,
        library=library,
        service=(service.text if service is not None else None) or document.name,
        period=document.attempt(lambda: period_of(document, spec)),
        conditions=tuple(_conditions(document, spec, library)),
    )
    objectives = document.attempt(lambda: tuple(objectives_of(document, spec))) or ()
    return tuple(one for objective in objectives if (one := _of_objective(common, objective)) is not None)


def _of_objective(common: _Common, objective: Objective) -> WrittenSlo | NotComputed | None:
    document, at = common.document, objective.at
    measured = document.attempt(lambda: _measure(common, objective))
    target = document.attempt(lambda: target_of(document, at))
    budgeting = document.attempt(lambda: budgeting_of(document, common.spec, at))
    if measured is None:
        return None
    indicator, measure = measured
    # Asked of an indicator of another system too, so that its faults are told.
    compared = document.attempt(lambda: (sli_of(document, measure, objective),))
    if compared is None or target is None or budgeting is None or common.period is None:
        return None
    if isinstance(measure, Foreign):
        return _not_computed(common, objective, indicator, measure, target, budgeting, common.period)
    return _computed(common, objective, measure, target, budgeting, common.period)


def _computed(
    common: _Common,
    objective: Objective,
    measure: Ratio | Threshold,
    target: Fraction,
    budgeting: Budgeting,
    period: Period,
) -> WrittenSlo | None:
    sli, named = sli_of(common.document, measure, objective), common.document.root.get("metadata", "name")
    span = (named or common.document.root).span
    slice_window, period_at = objective.at.get("timeSliceWindow"), common.spec.get("timeWindow")
    if sli is None:
        return None
    return WrittenSlo(
        slo=Slo(
            name=objective.name,
            service=common.service,
            sli=sli,
            objective=target,
            period=period,
            span=span,
            good_at=measure.good_at,
            where_at=measure.where_at,
            budgeting=budgeting,
            conditions=common.conditions,
        ),
        events=measure.events_at or span,
        slice=span if slice_window is None else slice_window.span,
        period=span if period_at is None else period_at.span,
    )


def _not_computed(
    common: _Common,
    objective: Objective,
    indicator: str,
    measure: Foreign,
    target: Fraction,
    budgeting: Budgeting,
    period: Period,
) -> NotComputed:
    result = NotComputed(
        name=objective.name,
        service=common.service,
        objective=target,
        period=period,
        budgeting=budgeting,
        measure=measure,
        indicator=indicator,
        comparison=comparison(common.document, objective.at) if measure.is_threshold else None,
        conditions=common.conditions,
    )
    common.document.reading.odd(measure.source.span, result.reason)
    return result


def _measure(common: _Common, objective: Objective) -> tuple[str, Measure]:
    """The objective's own indicator (of a composite SLO), or the SLO's, with the name by which settings state it."""
    document, library = common.document, common.library
    within = next((at for at in (objective.at, common.spec) if _has_indicator(at)), None)
    if within is None:
        raise document.refuse(common.spec, "has neither `indicator` nor `indicatorRef`", "write one of them")
    if within is objective.at and _has_indicator(common.spec):
        raise document.refuse(within, "has an indicator beside the SLO's own", "keep one of them")
    name, measure = _inline(common, within) or _referred(common, within)
    found = library.stated.get(name) or library.stated.get(document.name)
    if not isinstance(measure, Foreign) or found is None:
        return name, measure
    known = name if name in library.stated else document.name
    library.use("indicator", known)
    return name, stated(document, known, measure, found)


def _has_indicator(at: Place) -> bool:
    return at.get("indicator") is not None or at.get("indicatorRef") is not None


def _inline(common: _Common, within: Place) -> tuple[str, Measure] | None:
    inline, named = within.get("indicator"), within.get("indicatorRef")
    document = common.document
    if inline is None:
        return None
    if named is not None:
        raise document.refuse(named, "stands beside `indicator`", "keep one of them")
    spec = inline.get("spec")
    if spec is None:
        document.odd(inline, "has no `spec`; its own keys are read")
    measure = measure_of(document, spec or inline, common.library.types)
    return named_document("SLI", inline, document.reading, document.name).name, measure


def _referred(common: _Common, within: Place) -> tuple[str, Measure]:
    document, library = common.document, common.library
    at = document.need(within, "indicatorRef")
    name = document.text(within, "indicatorRef")
    library.use("SLI", name)
    if name not in library.measures:
        known = ", ".join(f"`{known}`" for known in sorted(library.measures)) or "none"
        raise document.refuse(at, f"is `{name}`, and there is no such SLI", f"defined are: {known}")
    measure = library.measures[name]
    if measure is None:
        raise document.refuse(at, f"is `{name}`, and that SLI cannot be read")
    return name, measure


def _conditions(document: Document, spec: Place, library: Library) -> Iterator[Condition]:
    policies = spec.get("alertPolicies")
    for policy in document.listed(policies) if policies is not None else ():
        reference = policy if policy.text is not None else policy.get("alertPolicyRef")
        if reference is None:
            inline = named_document("AlertPolicy", policy, document.reading, document.name)
            yield from conditions_of(inline, library.conditions, lambda name: library.use("AlertCondition", name))
            continue
        name = reference.text or ""
        library.use("AlertPolicy", name)
        if policy.text is not None:
            document.odd(policy, f"is `{name}`; it is read as a reference")
        if name not in library.policies:
            document.odd(reference, f"is `{name}`, and there is no such AlertPolicy: it is not evaluated")
        yield from library.policies.get(name, ())
