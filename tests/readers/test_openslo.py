"""OpenSLO files as people write them."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from pytest_errorbudget.model.alert import Condition, Urgency
from pytest_errorbudget.model.slo import (
    Budgeting,
    Calendar,
    CalendarUnit,
    RatioTimeslices,
    Rolling,
    Sli,
    SliKind,
    Slo,
    Timeslices,
)
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.openslo import OpenSlo, read_openslo

GLOB = Span("errorbudget.toml", 1, 9, 1, 21)
PLAIN = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
spec:
  service: billing
  indicator:
    metadata: {name: ratio}
    spec:
      ratioMetric:
        good:
          metricSource: {type: errorbudget, spec: {events: requests, where: "status < 500"}}
        total:
          metricSource: {type: errorbudget, spec: {events: requests, where: "route <> '/health'"}}
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.9995
"""
AVAILABILITY = Slo(
    name="availability",
    service="billing",
    sli=Sli(events="requests", good="status < 500", where="route <> '/health'", kind=SliKind.AVAILABILITY),
    objective=Fraction(9995, 10_000),
    period=Rolling(28 * DAY_US),
    span=Span("slo/a.yaml", 4, 9, 4, 21),
)


def read(folder: Path, text: str) -> OpenSlo:
    (folder / "slo").mkdir(exist_ok=True)
    (folder / "slo" / "a.yaml").write_text(text)
    return read_openslo(folder, {"slo/*.yaml": GLOB})


def edited(folder: Path, old: str, new: str) -> OpenSlo:
    assert old in PLAIN
    return read(folder, PLAIN.replace(old, new))


def test_an_slo(tmp_path: Path) -> None:
    found = read(tmp_path, PLAIN)
    assert (found.slos, found.problems, found.oddities) == ((AVAILABILITY,), (), ())


def test_targets_are_exact(tmp_path: Path) -> None:
    (slo,) = edited(tmp_path, "target: 0.9995", "targetPercent: 99.95").slos
    assert slo.objective == Fraction(1999, 2000)


def test_an_sli_by_reference_in_another_document(tmp_path: Path) -> None:
    head, tail = PLAIN.split("  indicator:\n")
    body, rest = tail.split("  timeWindow:\n")
    lines = "\n".join(line.removeprefix("    ") for line in body.split("    spec:\n")[1].splitlines())
    sli = f"---\napiVersion: openslo/v1\nkind: SLI\nmetadata:\n  name: ratio\nspec:\n{lines}\n"
    found = read(tmp_path, f"{head}  indicatorRef: ratio\n  timeWindow:\n{rest}{sli}")
    assert (found.slos, found.problems, found.oddities) == ((AVAILABILITY,), (), ())


def test_a_bad_ratio_is_the_converse(tmp_path: Path) -> None:
    (slo,) = edited(tmp_path, "good:\n", "bad:\n").slos
    assert slo.sli.good == "not (status < 500)"


def test_a_threshold_metric_is_a_predicate(tmp_path: Path) -> None:
    text = PLAIN.split("      ratioMetric:\n")[0] + (
        "      thresholdMetric:\n"
        "        metricSource: {type: errorbudget, spec: {events: requests, value: latency_ms}}\n"
        "  timeWindow:\n    - duration: 28d\n      isRolling: true\n  budgetingMethod: Occurrences\n"
        "  objectives:\n    - {target: 0.99, op: lte, value: 300}\n"
    )
    (slo,) = read(tmp_path, text).slos
    assert slo.sli == Sli(events="requests", good="latency_ms <= 300", where=None, kind=SliKind.LATENCY)


def test_a_file_may_be_a_list(tmp_path: Path) -> None:
    lines = PLAIN.splitlines()
    text = "\n".join((f"- {lines[0]}", *(f"  {line}" for line in lines[1:])))
    assert [slo.name for slo in read(tmp_path, text).slos] == ["availability"]


@pytest.mark.parametrize(
    ("old", "new", "oddity"),
    [
        ("openslo/v1", "openslo.com/v1", "slo/a.yaml:1:13: `apiVersion: openslo.com/v1` is read as `openslo/v1`"),
        (
            "  budgetingMethod: Occurrences\n",
            "",
            "slo/a.yaml:6:3: the SLO `availability`: `spec` has no `budgetingMethod`; `Occurrences` is taken",
        ),
        (
            "      isRolling: true\n",
            "",
            "slo/a.yaml:16:7: the SLO `availability`: `spec.timeWindow[0]` does not say `isRolling: true`; it is "
            "taken as rolling",
        ),
        (
            "target: 0.9995",
            'target: "0.9995"',
            "slo/a.yaml:20:15: the SLO `availability`: `spec.objectives[0].target` is written as text; it is read as a "
            "number",
        ),
        (
            "    - target: 0.9995",
            "    - {target: 0.9995, op: lte}",
            "slo/a.yaml:20:28: the SLO `availability`: `spec.objectives[0].op` is left out: it belongs to a "
            "thresholdMetric",
        ),
        (
            "duration: 28d",
            "duration: Week",
            "slo/a.yaml:16:17: the SLO `availability`: `spec.timeWindow[0].duration` is `Week`; it is read as `1w`",
        ),
        ("kind: SLO", "kind: Slo", "slo/a.yaml:2:7: `kind: Slo` is read as `SLO`"),
        (
            "  service: billing\n",
            "",
            "slo/a.yaml:6:3: the SLO `availability`: `spec` names no `service`; the SLO's own name is taken",
        ),
    ],
)
def test_what_is_odd_but_clear_is_read_and_named(tmp_path: Path, old: str, new: str, oddity: str) -> None:
    found = edited(tmp_path, old, new)
    assert len(found.slos) == 1
    assert found.problems == ()
    assert [f"{one.span}: {one.reason}" for one in found.oddities] == [oddity]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "Occurrences",
            "Guesses",
            "slo/a.yaml:18:20: the SLO `availability`: `spec.budgetingMethod` is `Guesses`, which is none of OpenSLO's",
        ),
        (
            "Occurrences",
            "Timeslices",
            "slo/a.yaml:20:7: the SLO `availability`: `spec.objectives[0].timeSliceTarget` is missing",
        ),
        (
            "isRolling: true",
            "isRolling: false",
            "slo/a.yaml:17:18: the SLO `availability`: `spec.timeWindow[0].isRolling` is false, and there is no "
            "`calendar`",
        ),
        (
            "isRolling: true",
            "calendar: {startTime: 2026-01-01 00:00:00, timeZone: Mars/Olympus}",
            "slo/a.yaml:17:60: the SLO `availability`: `spec.timeWindow[0].calendar.timeZone` is no zone: there is no "
            "time zone `Mars/Olympus`: write an IANA name such as `Europe/Berlin`",
        ),
        (
            "isRolling: true",
            "calendar: {startTime: soon, timeZone: UTC}",
            "slo/a.yaml:17:29: the SLO `availability`: `spec.timeWindow[0].calendar.startTime` is no local date and "
            "time: `soon` is not a date and time: write `2026-01-01T00:00:00`",
        ),
        (
            "duration: 28d",
            "duration: 1M",
            "slo/a.yaml:16:17: the SLO `availability`: `spec.timeWindow[0].duration` is no duration: `1M` is a "
            "calendar month, whose length varies: write days or weeks, such as `28d`",
        ),
        (
            "target: 0.9995",
            "target: 99.95",
            "slo/a.yaml:20:15: the SLO `availability`: `spec.objectives[0].target` is `99.95`, which is not between "
            "0 and 1",
        ),
        (
            "target: 0.9995",
            "target: high",
            "slo/a.yaml:20:15: the SLO `availability`: `spec.objectives[0].target` is `high`, which is not a number",
        ),
        (
            'requests, where: "route',
            'jobs, where: "route',
            "slo/a.yaml:14:60: the SLO `availability`: `spec.indicator.spec.ratioMetric.total.metricSource.spec."
            "events` is `jobs`, and the ratio's other part counts `requests`",
        ),
        ("  name: availability", "  title: availability", "slo/a.yaml:1:1: a document of kind SLO without a name"),
        ("kind: SLO", "kind: Objective", "slo/a.yaml:2:7: `kind: Objective` is no kind of OpenSLO v1"),
        ("openslo/v1", "openslo/v2alpha", "slo/a.yaml:1:13: `apiVersion: openslo/v2alpha` is not supported"),
        ("kind: SLO", "kind: [SLO", "slo/a.yaml:3:9: not valid YAML: expected ',' or ']', but got ':'"),
        (
            "  indicator:\n    metadata: {name: ratio}\n    spec:\n",
            "  indicatorRef: nothing\n  other:\n    spec:\n",
            "slo/a.yaml:7:17: the SLO `availability`: `spec.indicatorRef` is `nothing`, and there is no such SLI",
        ),
    ],
)
def test_what_cannot_be_honoured_is_a_problem_with_its_place(tmp_path: Path, old: str, new: str, problem: str) -> None:
    found = edited(tmp_path, old, new)
    assert found.slos == ()
    assert [f"{one.span}: {one.message}" for one in found.problems] == [problem]


def test_a_glob_that_matches_nothing_is_a_problem(tmp_path: Path) -> None:
    read = read_openslo(tmp_path, {"slo/*.yaml": GLOB})
    assert read.slos == ()
    assert [f"{one.span}: {one.message}" for one in read.problems] == [
        "errorbudget.toml:1:9: `slos` names `slo/*.yaml`, which matches no file"
    ]


def test_other_documents_are_named_and_left(tmp_path: Path) -> None:
    found = read(tmp_path, PLAIN + "---\napiVersion: v1\nkind: ConfigMap\n---\n" + SERVICE)
    assert [slo.name for slo in found.slos] == ["availability"]
    assert [one.reason for one in found.oddities] == [
        "not an OpenSLO document: its `apiVersion` is `v1` and not `openslo/v1`"
    ]


def test_several_objectives_are_several_slos(tmp_path: Path) -> None:
    objectives = "    - {displayName: Gold customers, target: 0.9995}\n    - target: 0.99\n"
    found = edited(tmp_path, "    - target: 0.9995\n", objectives)
    assert [(slo.name, slo.objective) for slo in found.slos] == [
        ("availability-gold-customers", Fraction(1999, 2000)),
        ("availability-2", Fraction(99, 100)),
    ]


@pytest.mark.parametrize(
    ("method", "objective", "expected"),
    [
        (
            "Timeslices",
            "{target: 0.95, timeSliceTarget: 0.99, timeSliceWindow: 10m}",
            Timeslices(slice_us=10 * MINUTE_US, target=Fraction(99, 100)),
        ),
        (
            "RatioTimeslices",
            "{target: 0.95, timeSliceWindow: 1h}",
            RatioTimeslices(slice_us=60 * MINUTE_US),
        ),
    ],
)
def test_budgets_of_time(tmp_path: Path, method: str, objective: str, expected: Budgeting) -> None:
    text = PLAIN.replace("Occurrences", method).replace("- target: 0.9995", f"- {objective}")
    (slo,) = read(tmp_path, text).slos
    assert slo.budgeting == expected


def test_a_calendar_has_a_start_and_a_zone(tmp_path: Path) -> None:
    window = "    - duration: 1M\n      calendar: {startTime: 2022-01-01 12:00:00, timeZone: America/New_York}\n"
    (slo,) = edited(tmp_path, "    - duration: 28d\n      isRolling: true\n", window).slos
    assert slo.period == Calendar(
        unit=CalendarUnit.MONTH, count=1, start=datetime(2022, 1, 1, 12), zone="America/New_York"
    )


SERVICE = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: billing}\n"
ALERTS = """\
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  alertWhenBreaching: true
  conditions:
    - conditionRef: over-14
    - kind: AlertCondition
      metadata: {name: slow}
      spec:
        severity: ticket
        condition: {kind: burnrate, op: gt, threshold: 1, lookbackWindow: 3d, alertAfter: 0m}
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: over-14}
spec:
  severity: page
  condition: {kind: burnrate, op: lte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
"""


def test_alert_policies_become_conditions(tmp_path: Path) -> None:
    policies = "  alertPolicies:\n    - alertPolicyRef: fast\n    - missing\n"
    found = read(tmp_path, PLAIN + policies + ALERTS)
    (slo,) = found.slos
    assert slo.conditions == (
        Condition(
            name="over-14",
            urgency=Urgency.PAGE,
            burn=Fraction(144, 10),
            inclusive=True,
            lookback_us=60 * MINUTE_US,
            after_us=5 * MINUTE_US,
            span=Span("slo/a.yaml", 43, 51, 43, 55),
        ),
        Condition(
            name="slow",
            urgency=Urgency.TICKET,
            burn=Fraction(1),
            inclusive=False,
            lookback_us=3 * DAY_US,
            after_us=0,
            span=Span("slo/a.yaml", 36, 56, 36, 57),
        ),
    )
    assert [f"{one.span}: {one.reason}" for one in found.oddities] == [
        "slo/a.yaml:43:35: the AlertCondition `over-14`: `spec.condition.op` is `lte`, which would fire while nothing "
        "burns; it is read as `gte`",
        "slo/a.yaml:32:7: the AlertPolicy `fast`: `spec.conditions[1]` is a second condition, where OpenSLO has one; "
        "any of them fires",
        "slo/a.yaml:23:7: the SLO `availability`: `spec.alertPolicies[1]` is `missing`; it is read as a reference",
        "slo/a.yaml:23:7: the SLO `availability`: `spec.alertPolicies[1]` is `missing`, and there is no such "
        "AlertPolicy: it is not evaluated",
    ]


def test_a_metric_that_events_cannot_give_is_named_and_not_computed(tmp_path: Path) -> None:
    found = edited(
        tmp_path,
        'type: errorbudget, spec: {events: requests, where: "status < 500"}',
        "type: Prometheus, spec: {query: up}",
    )
    assert (found.slos, found.problems) == ((), ())
    assert [f"{one.span}: {one.reason}" for one in found.oddities] == [
        "slo/a.yaml:12:32: the SLO `availability` is not computed: 99.95 % of occurrences over 28d, good of total, are "
        "numbers of `Prometheus`, and not events that can be counted exactly. Say how events count it under "
        "[indicators.ratio] in errorbudget.toml"
    ]


def test_a_data_source_says_the_type(tmp_path: Path) -> None:
    source = "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: events}\nspec: {type: errorbudget}\n"
    text = PLAIN.replace("type: errorbudget", "metricSourceRef: events") + source
    found = read(tmp_path, text)
    assert (found.slos, found.problems, found.oddities) == ((AVAILABILITY,), (), ())
