"""``alertPolicies``: the burn-rate conditions that somebody already alerts on."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.model.alert import Condition, Urgency
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.yaml_places import Place

_PAGES = frozenset({"page", "critical", "high", "emergency", "sev1", "p1"})
_OPERATORS = {"gt": False, "gte": True}
_REVERSED = {"lt": "gt", "lte": "gte"}


def conditions_of(document: Document) -> tuple[Condition, ...]:
    """The conditions of the SLO's policies, inline or by reference, in order."""
    policies = document.spec.get("alertPolicies")
    if policies is None:
        return ()
    return tuple(condition for policy in policies.items() for condition in _of_policy(document, policy))


def _of_policy(document: Document, policy: Place) -> Iterator[Condition]:
    named = policy if policy.text else policy.get("alertPolicyRef")
    if policy.text:
        document.odd(
            policy.span, f"`alertPolicies` of `{document.name}` lists `{policy.text}`; it is read as a reference"
        )
    found = policy if named is None else document.registry.get(("AlertPolicy", named.text or ""))
    if found is None:
        at = policy if named is None else named
        document.odd(at.span, f"there is no AlertPolicy `{at.text}`: it is not evaluated for `{document.name}`")
        return
    for entry in document.need(found, "spec", "conditions").items():
        reference = entry.get("conditionRef")
        yield _condition(document, entry if reference is None else document.referred(reference, "AlertCondition"))


def _condition(document: Document, found: Place) -> Condition:
    spec = document.need(found, "spec")
    condition = document.need(spec, "condition")
    kind = document.need(condition, "kind")
    if kind.text != "burnrate":
        raise document.refuse(kind, f"a condition of kind `{kind.text}`, where `burnrate` is the only one")
    named, after = found.get("metadata", "name"), condition.get("alertAfter")
    threshold = document.need(condition, "threshold")
    return Condition(
        name=(named.text if named is not None else None) or document.name,
        urgency=_urgency(spec),
        burn=document.number(threshold, "threshold"),
        inclusive=_inclusive(document, condition),
        lookback_us=document.duration_us(document.need(condition, "lookbackWindow")),
        after_us=0 if after is None or _is_zero(after) else document.duration_us(after),
        span=threshold.span,
    )


def _is_zero(duration: Place) -> bool:
    return (duration.text or "").strip("smhdw") in {"0", "00"}


def _urgency(spec: Place) -> Urgency:
    severity = spec.get("severity")
    text = "" if severity is None else (severity.text or "").lower()
    return Urgency.PAGE if text in _PAGES else Urgency.TICKET


def _inclusive(document: Document, condition: Place) -> bool:
    operator = condition.get("op")
    text = "gt" if operator is None else operator.text or ""
    if operator is not None and text in _REVERSED:
        document.odd(
            operator.span,
            f"`op: {text}` would fire while nothing burns; it is read as `{_REVERSED[text]}`",
        )
        text = _REVERSED[text]
    if text not in _OPERATORS:
        raise document.refuse(
            operator, f"`op: {text}` is none of gt, gte", "a burn rate is alerted on where it is high"
        )
    return _OPERATORS[text]
