"""One OpenSLO document of kind SLO as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pytest_errorbudget.model.slo import Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import parse_duration
from pytest_errorbudget.readers.yaml_places import Place

Indicators = Mapping[str, Place]
Odd = Callable[[Span, str], None]

_WORDS = {"day": "1d", "week": "1w"}
_COMPARATORS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_FREE_FORM = 'metricSource: {type: errorbudget, spec: {events: requests, where: "status < 500"}}'


class Refused(Exception):
    """Something in the document that cannot be honoured; ``name`` is the SLO's, where it has one."""

    def __init__(self, name: str, span: Span, message: str, help: str = "") -> None:
        super().__init__(message)
        self.name, self.span, self.message, self.help = name, span, message, help


@dataclass(frozen=True, slots=True)
class _Document:
    name: str
    spec: Place
    odd: Odd

    def refuse(self, at: Place | None, message: str, help: str = "") -> Refused:
        return Refused(self.name, (at or self.spec).span, f"the SLO `{self.name}`: {message}", help)

    def need(self, within: Place, *keys: str) -> Place:
        found = within.get(*keys)
        if found is None:
            raise self.refuse(within, f"`{'.'.join(keys)}` is missing")
        return found

    def text(self, within: Place, *keys: str) -> str:
        found = self.need(within, *keys)
        if not found.text:
            raise self.refuse(found, f"`{'.'.join(keys)}` is not a text")
        return found.text


def slo_of(document: Place, indicators: Indicators, odd: Odd) -> Slo:
    """The SLO; ``odd`` is told what was read in spite of the specification. Raises ``Refused``."""
    named = document.get("metadata", "name")
    spec = document.get("spec")
    if named is None or not named.text:
        raise Refused("", document.span, "an SLO without a name", "give it one under `metadata.name`")
    if spec is None or not spec.is_mapping:
        raise Refused(named.text, document.span, f"the SLO `{named.text}` has no `spec`")
    reading = _Document(named.text, spec, odd)
    _only_occurrences(reading)
    service = spec.get("service")
    if service is None or not service.text:
        odd(spec.span, f"the SLO `{named.text}` names no `service`; its own name is taken")
    objective = _objective(reading)
    return Slo(
        name=named.text,
        service=named.text if service is None or not service.text else service.text,
        sli=_sli(reading, indicators, objective),
        objective=_target(reading, objective),
        period_us=_period(reading),
        span=named.span,
    )


def _only_occurrences(reading: _Document) -> None:
    method = reading.spec.get("budgetingMethod")
    if method is None:
        reading.odd(reading.spec.span, f"the SLO `{reading.name}` has no `budgetingMethod`; `Occurrences` is taken")
    elif method.text != "Occurrences":
        raise reading.refuse(
            method,
            f"`budgetingMethod: {method.text}` is not supported",
            "write `Occurrences`: every valid event counts once",
        )


def _objective(reading: _Document) -> Place:
    objectives = tuple(reading.need(reading.spec, "objectives").items())
    if len(objectives) != 1:
        at = objectives[1] if len(objectives) > 1 else reading.spec.get("objectives")
        raise reading.refuse(
            at, f"{len(objectives)} objectives, where one is supported", "write one document for each objective"
        )
    return objectives[0]


def _target(reading: _Document, objective: Place) -> Fraction:
    found, percent = objective.get("target"), objective.get("targetPercent")
    if found is not None and percent is not None:
        raise reading.refuse(percent, "`target` and `targetPercent` are both given", "keep one of them")
    at = found if found is not None else percent
    if at is None:
        raise reading.refuse(objective, "an objective without `target`")
    if found is not None and '"' in _quote(found):
        reading.odd(found.span, f"the SLO `{reading.name}` writes its target as text; it is read as a number")
    target = _number(reading, at, "target" if percent is None else "targetPercent") / (1 if percent is None else 100)
    if not 0 <= target <= 1:
        hint = f"write `targetPercent: {at.text}`" if percent is None else "a percentage is at most 100"
        raise reading.refuse(at, f"the target `{at.text}` is not between 0 and {1 if percent is None else 100}", hint)
    return target


def _quote(place: Place) -> str:
    return '"' if getattr(place.node, "style", None) in {"'", '"'} else ""


def _number(reading: _Document, at: Place, field: str) -> Fraction:
    try:
        return Fraction((at.text or "").strip().rstrip("%").strip())
    except (ValueError, ZeroDivisionError):
        raise reading.refuse(at, f"`{field}: {at.text}` is not a number") from None


def _period(reading: _Document) -> int:
    windows = tuple(reading.need(reading.spec, "timeWindow").items())
    if len(windows) != 1:
        raise reading.refuse(
            reading.spec.get("timeWindow"), f"{len(windows)} time windows, where exactly one belongs", "keep one"
        )
    window = windows[0]
    calendar, rolling = window.get("calendar"), window.get("isRolling")
    if calendar is not None or (rolling is not None and rolling.flag is False):
        raise reading.refuse(
            calendar or rolling,
            "a calendar-aligned time window is not supported",
            "write `isRolling: true` and a duration such as `28d`",
        )
    if rolling is None:
        reading.odd(window.span, f"the SLO `{reading.name}` does not say `isRolling: true`; it is taken as rolling")
    duration = reading.need(window, "duration")
    text = (duration.text or "").strip()
    if text.lower() in _WORDS:
        reading.odd(duration.span, f"`duration: {text}` is read as `{_WORDS[text.lower()]}`")
        text = _WORDS[text.lower()]
    try:
        return parse_duration(text)
    except ValueError as error:
        raise reading.refuse(duration, str(error)) from None


def _sli(reading: _Document, indicators: Indicators, objective: Place) -> Sli:
    inline, named = reading.spec.get("indicator"), reading.spec.get("indicatorRef")
    if inline is None and named is None:
        raise reading.refuse(None, "neither `indicator` nor `indicatorRef`")
    if inline is not None:
        spec = inline.get("spec")
        if spec is None:
            reading.odd(inline.span, f"the indicator of `{reading.name}` has no `spec`; its own keys are read")
        return _indicator(reading, spec or inline, objective)
    assert named is not None
    found = indicators.get(named.text or "")
    if found is None:
        known = ", ".join(f"`{name}`" for name in sorted(indicators)) or "none"
        raise reading.refuse(named, f"there is no SLI `{named.text}`", f"the SLIs that were read: {known}")
    return _indicator(reading, reading.need(found, "spec"), objective)


def _indicator(reading: _Document, spec: Place, objective: Place) -> Sli:
    ratio, threshold = spec.get("ratioMetric"), spec.get("thresholdMetric")
    if threshold is not None:
        return _threshold(reading, threshold, objective)
    if ratio is None:
        raise reading.refuse(spec, "an indicator with neither `ratioMetric` nor `thresholdMetric`")
    operator = objective.get("op")
    if operator is not None:
        reading.odd(operator.span, f"`op` of `{reading.name}` is left out: it belongs to a thresholdMetric")
    return _ratio(reading, ratio)


def _ratio(reading: _Document, ratio: Place) -> Sli:
    if ratio.get("raw") is not None:
        raise reading.refuse(ratio.get("raw"), "a `raw` ratio is not supported", f"write `good` with {_FREE_FORM}")
    good, bad = ratio.get("good"), ratio.get("bad")
    if (good is None) == (bad is None):
        raise reading.refuse(ratio, "a ratioMetric needs `good` or `bad`, and not both")
    found = good if good is not None else bad
    assert found is not None
    source = _source(reading, found)
    predicate = reading.text(source, "where")
    events = reading.text(source, "events")
    total = ratio.get("total")
    if total is None:
        reading.odd(ratio.span, f"the SLI of `{reading.name}` has no `total`; every event is valid")
    return Sli(
        events=events,
        good=predicate if good is not None else f"not ({predicate})",
        where=None if total is None else _valid(reading, total, events),
        kind=_kind(reading, predicate),
    )


def _valid(reading: _Document, total: Place, events: str) -> str | None:
    source = _source(reading, total)
    counted = source.get("events")
    if counted is not None and counted.text != events:
        raise reading.refuse(
            counted, f"`total` counts the events `{counted.text}` and `good` the events `{events}`", "name one source"
        )
    where = source.get("where")
    return None if where is None else where.text


def _threshold(reading: _Document, threshold: Place, objective: Place) -> Sli:
    """``value`` is the column; the objective's ``op`` and ``value`` make it a predicate."""
    source = _source(reading, threshold)
    column = reading.text(source, "value")
    operator, limit = reading.need(objective, "op"), reading.need(objective, "value")
    sign = _COMPARATORS.get(operator.text or "")
    if sign is None:
        raise reading.refuse(operator, f"`op: {operator.text}` is none of {', '.join(sorted(_COMPARATORS))}")
    _number(reading, limit, "value")
    predicate = f"{column} {sign} {limit.text}"
    where = source.get("where")
    return Sli(
        events=reading.text(source, "events"),
        good=predicate,
        where=None if where is None else where.text,
        kind=_kind(reading, predicate),
    )


def _source(reading: _Document, metric: Place) -> Place:
    """The ``spec`` of a metricSource of ours. Its ``type`` may be left out where ``events`` is named."""
    source = reading.need(metric, "metricSource")
    kind, spec = source.get("type"), source.get("spec")
    if kind is not None and kind.text != "errorbudget":
        raise reading.refuse(
            kind,
            f"the metric source `{kind.text}` is not events that can be counted exactly",
            f"write {_FREE_FORM}",
        )
    if spec is None:
        raise reading.refuse(source, "a metricSource without `spec`", f"write {_FREE_FORM}")
    if kind is None:
        reading.odd(source.span, f"a metricSource of `{reading.name}` has no `type`; `errorbudget` is taken")
    return spec


def _kind(reading: _Document, predicate: str) -> SliKind:
    words = f"{reading.name} {predicate}".lower()
    return (
        SliKind.LATENCY if any(word in words for word in ("latency", "duration", "elapsed")) else SliKind.AVAILABILITY
    )
