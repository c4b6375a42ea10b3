"""An SLO is the same value in OpenSLO and in the short form of the settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli_w
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_errorbudget.checks.burn import objective_of
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.settings.read import read_settings

NOWHERE = Span("", 1)
SIGNS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True).filter(
    lambda name: name not in {"tenants", "schema", "thresholds", "determinism"}
)
WINDOWS = st.integers(1, 500).map(lambda count: f"{5 * count}m")


@dataclass(frozen=True)
class Both:
    """One SLO: the ``spec`` of its OpenSLO document with its one ``objective``, and its short form."""

    name: str
    spec: dict[str, Any]
    objective: dict[str, Any]
    short: dict[str, Any]


@st.composite
def slos(draw: st.DrawFn) -> Both:
    name, service = draw(NAMES), draw(NAMES)
    objective: dict[str, Any] = {}
    spec = {"service": service, "objectives": [objective]}
    both = Both(name, spec, objective, {"name": name, "service": service, "events": "requests"})
    for part in (_target, _indicator, _period, _budgeting, _alerts):
        part(draw, both)
    return both


def _target(draw: st.DrawFn, to: Both) -> None:
    share = draw(st.integers(0, 99_999))
    decimal = _Plain(f"0.{share:05d}")
    to.objective.update(draw(st.sampled_from([{"target": decimal}, {"targetPercent": _percent(share)}])))
    to.short["objective"] = draw(st.sampled_from([f"0.{share:05d}", f"{_percent(share)} %", f"{share}/100000"]))


def _percent(share: int) -> _Plain:
    return _Plain(f"{share // 1000}.{share % 1000:03d}")


def _indicator(draw: st.DrawFn, to: Both) -> None:
    predicate = draw(st.sampled_from(["status < 500", "route = '/pay' and status in (200, 201)", "elapsed < 3"]))
    where = draw(st.sampled_from([None, "route <> '/health'"]))
    form = draw(st.sampled_from(["good", "bad", "threshold"]))
    valid = {"events": "requests"} | ({} if where is None else {"where": where})
    if form == "threshold":
        operator, limit = draw(st.sampled_from(sorted(SIGNS))), draw(st.integers(0, 10**6))
        to.objective.update({"op": operator, "value": limit})
        measures = {"thresholdMetric": _metric(valid | {"value": "latency_ms"})}
        to.short["good"] = f"latency_ms {SIGNS[operator]} {limit}"
    else:
        part = _metric({"events": "requests", "where": predicate})
        measures = {"ratioMetric": {"counter": False, form: part, "total": _metric(valid)}}
        to.short["good"] = predicate if form == "good" else f"not ({predicate})"
    if where is not None:
        to.short["where"] = where
    to.spec["indicator"] = {"metadata": {"name": "indicator"}, "spec": measures}


def _metric(spec: dict[str, Any]) -> dict[str, Any]:
    return {"metricSource": {"type": "errorbudget", "spec": spec}}


def _period(draw: st.DrawFn, to: Both) -> None:
    count = draw(st.integers(1, 90))
    if draw(st.booleans()):
        span = f"{count}{draw(st.sampled_from('hdw'))}"
        to.spec["timeWindow"], to.short["period"] = [{"duration": span, "isRolling": True}], span
        return
    span, zone = f"{count}{draw(st.sampled_from('dwMQY'))}", draw(st.sampled_from(["UTC", "Europe/Berlin"]))
    start = draw(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1))).replace(microsecond=0)
    calendar = {"startTime": _Plain(start.isoformat(" ")), "timeZone": zone}
    to.spec["timeWindow"] = [{"duration": span, "isRolling": False, "calendar": calendar}]
    to.short["period"] = {"calendar": span, "start": start.isoformat(), "zone": zone}


def _budgeting(draw: st.DrawFn, to: Both) -> None:
    method = draw(st.sampled_from(["Occurrences", "Timeslices", "RatioTimeslices"]))
    to.spec["budgetingMethod"] = method
    to.short["budgeting"] = {"RatioTimeslices": "ratio-timeslices"}.get(method, method.lower())
    if method != "Occurrences":
        to.objective["timeSliceWindow"] = to.short["slice"] = draw(WINDOWS)
    if method == "Timeslices":
        share = draw(st.integers(0, 999))
        to.objective["timeSliceTarget"], to.short["slice-target"] = _Plain(f"0.{share:03d}"), f"{share}/1000"


def _alerts(draw: st.DrawFn, to: Both) -> None:
    alerts = draw(st.lists(st.fixed_dictionaries(ALERT), max_size=3))
    if alerts:
        to.spec["alertPolicies"] = [_policy(alert) for alert in alerts]
        to.short["alerts"] = alerts


ALERT = {
    "name": NAMES,
    "threshold": st.integers(0, 9999).map(lambda tenths: f"{tenths // 10}.{tenths % 10}"),
    "lookback": WINDOWS,
    "after": st.just("0s") | WINDOWS,
    "op": st.sampled_from(["gt", "gte"]),
    "severity": st.sampled_from(["page", "Critical", "ticket", "warning"]),
}


def _policy(alert: dict[str, str]) -> dict[str, Any]:
    condition = {"kind": "burnrate", "op": alert["op"], "threshold": _Plain(alert["threshold"])}
    condition |= {"lookbackWindow": alert["lookback"], "alertAfter": alert["after"]}
    inline = {
        "kind": "AlertCondition",
        "metadata": {"name": alert["name"]},
        "spec": {"severity": alert["severity"], "condition": condition},
    }
    return {
        "kind": "AlertPolicy",
        "metadata": {"name": f"{alert['name']}-policy"},
        "spec": {"alertWhenBreaching": True, "conditions": [inline]},
    }


class _Plain(str):
    """A text that YAML is to write without quotes, such as a decimal."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return data is data


_Dumper.add_representer(_Plain, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:float", str(text)))

SETTINGS: dict[str, Any] = {
    "database": [{"url": "env:URL", "tenants": {"layout": "schema", "names": ["acme", "globex", "initech"]}}],
    "events": [{"name": "requests", "source": {"parquet": "events/*.parquet"}}],
}


def settings_of(written: dict[str, Any], document: str | None = None) -> Settings:
    with TemporaryDirectory() as folder:
        if document is not None:
            (Path(folder) / "slo.yaml").write_text(document)
        (Path(folder) / "errorbudget.toml").write_text(tomli_w.dumps(written))
        read, problems = read_settings(Path(folder), "errorbudget.toml", {})
    assert problems == ()
    assert read is not None
    return read


def without_places(slo: Slo) -> Slo:
    return replace(slo, span=NOWHERE, conditions=tuple(replace(one, span=NOWHERE) for one in slo.conditions))


TARGETS = st.lists(
    st.tuples(st.sampled_from(["acme", "initech"]), st.integers(0, 1000)), unique_by=lambda target: target[0]
)


@settings(deadline=None)
@given(slos(), st.integers(0, 1000), TARGETS)
def test_both_forms_are_one_value(both: Both, cohort: int, targets: list[tuple[str, int]]) -> None:
    """Targets of a cohort, and of a tenant in it, override the common one in both alike."""
    cohorts = {
        "gold": {"tenants": ["acme", "globex"], "objectives": {both.name: f"{cohort}/1000"}},
        "rest": {"tenants": "others"},
    }
    own = {tenant: {both.name: f"{target}/1000"} for tenant, target in targets}
    common = SETTINGS | {"cohorts": cohorts, "objectives": own}
    document = {"apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": both.name}, "spec": both.spec}
    openslo = settings_of(common | {"slos": ["slo.yaml"]}, yaml.dump(document, Dumper=_Dumper, sort_keys=False))
    short = settings_of(common | {"slo": [both.short]})
    (one,), (other,) = openslo.slos, short.slos
    assert without_places(one) == without_places(other)
    expected = {"acme": Fraction(cohort, 1000), "globex": Fraction(cohort, 1000), "initech": one.objective}
    expected |= {tenant: Fraction(target, 1000) for tenant, target in targets}
    for slo, known in ((one, openslo.cohorts), (other, short.cohorts)):
        assert {tenant: objective_of(slo, tenant, known) for tenant in expected} == expected
