"""What real OpenSLO files do in spite of the specification: read and named, or refused with the field."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from pytest_errorbudget.model.slo import Calendar, CalendarUnit, Occurrences, Rolling, Sli, SliKind, Timeslices
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.openslo import OpenSlo, read_openslo
from pytest_errorbudget.readers.openslo.indicator import Foreign
from pytest_errorbudget.readers.openslo.not_computed import NotComputed
from pytest_errorbudget.readers.openslo.sources import Elsewhere
from pytest_errorbudget.readers.slos.stated_indicators import StatedIndicator

GLOB = Span("errorbudget.toml", 1, 9, 1, 21)
OURS = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: up}
spec:
  service: api
  indicator:
    metadata: {name: answered}
    spec:
      ratioMetric:
        good: {metricSource: {type: errorbudget, spec: {events: requests, where: "status < 500"}}}
        total: {metricSource: {type: errorbudget, spec: {events: requests}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
"""
THEIRS = """\
- apiVersion: openslo/v1
  kind: SLO
  metadata: {name: up}
  spec:
    service: api
    indicatorRef: answered
    timeWindow: [{duration: 1w, calendar: {startTime: 2022-01-01 12:00:00, timeZone: America/New_York}}]
    budgetingMethod: Timeslices
    objectives: [{target: 0.95, timeSliceTarget: 0.99, timeSliceWindow: 5}]
- apiVersion: openslo/v1
  kind: SLI
  metadata: {name: answered}
  spec:
    ratioMetric:
      counter: true
      good: {metricSource: {type: prometheus, spec: {promql: 'sum(rate(ok[5m]))'}}}
      total: {metricSource: {type: prometheus, spec: {promql: 'sum(rate(all[5m]))'}}}
"""
POLICY = """\
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  alertWhenBreaching: true
  conditions:
    - kind: AlertCondition
      metadata: {name: over-2}
      spec:
        severity: page
        condition: {kind: burnrate, op: gt, threshold: 2, lookbackWindow: 1h, alertAfter: 5m}
"""
USED = OURS + "  alertPolicies: [{alertPolicyRef: fast}]\n" + POLICY


def read(folder: Path, text: str, stated: dict[str, StatedIndicator] | None = None) -> OpenSlo:
    (folder / "slo").mkdir(exist_ok=True)
    (folder / "slo" / "a.yaml").write_text(text)
    return read_openslo(folder, {"slo/*.yaml": GLOB}, stated or {})


def edited(folder: Path, text: str, old: str, new: str) -> OpenSlo:
    assert old in text
    return read(folder, text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "oddities"),
    [
        ("target: 0.99}", 'target: "99 %"}', ["`spec.objectives[0].target` is `99 %`; it is read as a percentage"]),
        (
            "objectives: [{target: 0.99}]",
            "objectives: {target: 0.99}",
            ["`spec.objectives` is one mapping where a list belongs; it is read as its only element"],
        ),
        (
            "objectives: [{target: 0.99}]",
            "objectives: [{target: 0.99, compositeWeight: 2}]",
            ["`spec.objectives[0].compositeWeight` is left out: `up` is computed on its own, and the composite is not"],
        ),
        (
            "objectives: [{target: 0.99}]",
            "objectives: [{target: 0.99, value: 1, timeSliceTarget: 0.5}]",
            [
                "`spec.objectives[0].timeSliceTarget` is left out: it belongs to budgets of time slices",
                "`spec.objectives[0].value` is left out: it belongs to a thresholdMetric",
            ],
        ),
        (
            "      ratioMetric:\n",
            "      ratioMetric:\n        counter: true\n",
            [
                "`spec.indicator.spec.ratioMetric.counter` is `true`; events are counted one by one, so it is left out",
            ],
        ),
        ("Occurrences", "occurrences", ["`spec.budgetingMethod` is `occurrences`; it is read as `Occurrences`"]),
        (
            "  service: api\n",
            "  service: api\n  owner: me\n",
            ["`spec.owner` is no field of OpenSLO v1; it is left out"],
        ),
        (
            "metadata: {name: up}",
            "metadata: {name: up, namespace: default, lables: {}}",
            [
                "`metadata.namespace` is no field of OpenSLO v1; it is left out",
                "`metadata.lables` is no field of OpenSLO v1; it is left out",
            ],
        ),
    ],
)
def test_what_is_read_in_spite_of_the_specification(tmp_path: Path, old: str, new: str, oddities: list[str]) -> None:
    found = edited(tmp_path, OURS, old, new)
    assert [(slo.objective, slo.budgeting) for slo in found.slos] == [(Fraction(99, 100), Occurrences())]
    assert [one.reason for one in found.oddities] == [f"the SLO `up`: {oddity}" for oddity in oddities]
    assert found.problems == ()


def test_without_a_time_window_the_default_of_the_short_form_is_taken(tmp_path: Path) -> None:
    found = edited(tmp_path, OURS, "  timeWindow: [{duration: 28d, isRolling: true}]\n", "")
    assert [slo.period for slo in found.slos] == [Rolling(28 * DAY_US)]
    assert [one.reason for one in found.oddities] == [
        "the SLO `up`: `spec` has no `timeWindow`; the last 28 days are taken, as in the short form"
    ]


def test_a_target_of_one_leaves_no_budget(tmp_path: Path) -> None:
    found = edited(tmp_path, OURS, "0.99", "1")
    assert [slo.objective for slo in found.slos] == [1]
    assert [one.reason for one in found.oddities] == [
        "the SLO `up`: `spec.objectives[0]` leaves no error budget: every bad event exceeds it"
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem", "help"),
    [
        (
            "budgetingMethod: Occurrences",
            "budgettingMethod: Occurrences",
            "13:3: the SLO `up`: `spec.budgettingMethod` is no field of OpenSLO v1",
            "did you mean `budgetingMethod`?",
        ),
        (
            "  objectives: [{target: 0.99}]\n",
            "  objectives: [{target: 0.99}]\n  objectives: [{target: 0.9}]\n",
            "15:3: the SLO `up`: `spec.objectives` is written twice",
            "keep one of them: YAML does not say which of the two counts",
        ),
        (
            "spec: {events: requests}",
            "spec: {events: requests, wheer: ok}",
            "11:76: the SLO `up`: `spec.indicator.spec.ratioMetric.total.metricSource.spec.wheer` is unknown",
            "did you mean `where`?",
        ),
        (
            "objectives: [{target: 0.99}]",
            "objectives: 0.99",
            "14:15: the SLO `up`: `spec.objectives` is `0.99` where a list belongs",
            "list an objective: `- target: 0.995`",
        ),
        (
            "target: 0.99}",
            "target: [0.99]}",
            "14:25: the SLO `up`: `spec.objectives[0].target` is a list where a text or a number belongs",
            "write the share that must be good, such as `target: 0.995`",
        ),
        (
            "target: 0.99}",
            "target: 1e999999999}",
            "14:25: the SLO `up`: `spec.objectives[0].target` is `1e999999999`, which is not a number",
            "write the share that must be good, such as `target: 0.995`",
        ),
        (
            "target: 0.99}",
            "target: .nan}",
            "14:25: the SLO `up`: `spec.objectives[0].target` is `.nan`, which is not a number",
            "write the share that must be good, such as `target: 0.995`",
        ),
        (
            "duration: 28d, isRolling: true",
            "duration: 1m, calendar: {startTime: 2022-01-01 12:00:00, timeZone: UTC}",
            "12:27: the SLO `up`: `spec.timeWindow[0].duration` cannot be aligned: `1m` is not a part of the calendar: "
            "`m` is a minute; a month is `1M`",
            "write for example `duration: 28d`",
        ),
        (
            "duration: 28d, isRolling: true",
            "duration: 28d, isRolling: true, calendar: {timeZone: UTC}",
            "12:59: the SLO `up`: `spec.timeWindow[0].calendar` stands beside `isRolling: true`",
            "keep one: a window rolls, or it follows a calendar",
        ),
        (
            "duration: 28d, isRolling: true",
            "duration: 1w, calendar: {startTime: 2022-01-01, timeZone: Europe}",
            "12:75: the SLO `up`: `spec.timeWindow[0].calendar.timeZone` is no zone: there is no time zone `Europe`: "
            "write an IANA name such as `Europe/Berlin`",
            "write an IANA name such as `timeZone: Europe/Berlin`",
        ),
        (
            "objectives: [{target: 0.99}]",
            "objectives: [{displayName: A, target: 0.99}, {displayName: a, target: 0.9}]",
            "14:48: the SLO `up`: `spec.objectives[1]` becomes the SLO `up-a`, as another one does",
            "give it its own `displayName`",
        ),
        (
            "objectives: [{target: 0.99}]",
            "objectives: [{target: 0.99, indicatorRef: answered}]",
            "14:16: the SLO `up`: `spec.objectives[0]` has an indicator beside the SLO's own",
            "keep one of them",
        ),
    ],
)
def test_what_cannot_be_honoured_names_its_field(tmp_path: Path, old: str, new: str, problem: str, help: str) -> None:
    (one, *_) = edited(tmp_path, OURS, old, new).problems
    assert f"{one.span}: {one.message}" == f"slo/a.yaml:{problem}"
    assert one.help == help
    assert one.consequence == "No SLO is computed, and no other check runs, until the settings can be read."


def test_all_faults_of_a_document_are_told_at_once(tmp_path: Path) -> None:
    text = OURS.replace("28d", "soon").replace("0.99", "high").replace("Occurrences", "Guesses")
    assert [(str(one.span), one.place) for one in read(tmp_path, text).problems] == [
        ("slo/a.yaml:12:27", "SLO up: spec.timeWindow[0].duration"),
        ("slo/a.yaml:14:25", "SLO up: spec.objectives[0].target"),
        ("slo/a.yaml:13:20", "SLO up: spec.budgetingMethod"),
    ]


def test_each_objective_of_a_composite_slo_has_its_own_indicator(tmp_path: Path) -> None:
    head, rest = OURS.split("  indicator:\n")
    indicator, tail = rest.split("  timeWindow")
    own = "".join(f"    {line}\n" for line in f"  indicator:\n{indicator}".splitlines())
    objectives = f"  objectives:\n    - target: 0.99\n{own}    - target: 0.9\n{own.replace('500', '400')}"
    text = head + "  timeWindow" + tail.replace("  objectives: [{target: 0.99}]\n", objectives)
    assert [(slo.name, slo.sli.good) for slo in read(tmp_path, text).slos] == [
        ("up-1", "status < 500"),
        ("up-2", "status < 400"),
    ]


def test_an_alias_and_a_merge_key_say_what_they_stand_for(tmp_path: Path) -> None:
    text = OURS.replace("objectives: [{target: 0.99}]", "objectives: [{<<: &common {target: 0.99}}]")
    assert [slo.objective for slo in read(tmp_path, text).slos] == [Fraction(99, 100)]


def test_what_another_system_counts_is_read_in_full_and_not_computed(tmp_path: Path) -> None:
    found = read(tmp_path, THEIRS)
    assert (found.slos, found.problems) == ((), ())
    assert found.not_computed == (
        NotComputed(
            name="up",
            service="api",
            objective=Fraction(95, 100),
            period=Calendar(unit=CalendarUnit.WEEK, count=1, start=datetime(2022, 1, 1, 12), zone="America/New_York"),
            budgeting=Timeslices(slice_us=5 * MINUTE_US, target=Fraction(99, 100)),
            measure=Foreign(
                form="good of total",
                source=Elsewhere(
                    source="prometheus",
                    queries=("sum(rate(ok[5m]))", "sum(rate(all[5m]))"),
                    span=Span("slo/a.yaml", 16, 35, 16, 45),
                ),
            ),
            indicator="answered",
        ),
    )
    assert [f"{one.span}: {one.reason}" for one in found.oddities] == [
        "slo/a.yaml:16:35: the SLO `up` is not computed: 95 % of slices of 5m with 99 % good over 1w of the calendar "
        "from 2022-01-01T12:00:00 on in America/New_York, good of total, are numbers of `prometheus` (in a query that "
        "fixes [5m]), and not events that can be counted exactly. Say how events count it under [indicators.answered] "
        "in errorbudget.toml"
    ]


@pytest.mark.parametrize("name", ["answered", "up"])
def test_settings_state_how_events_count_it(tmp_path: Path, name: str) -> None:
    stated = StatedIndicator(
        events="requests", good="status < 500", value=None, where="paid", span=GLOB, good_at=GLOB, where_at=GLOB
    )
    found = read(tmp_path, THEIRS, {name: stated})
    assert [slo.sli for slo in found.slos] == [
        Sli(events="requests", good="status < 500", where="paid", kind=SliKind.AVAILABILITY)
    ]
    assert (found.not_computed, found.problems, found.oddities) == ((), (), ())


def test_a_statement_about_nothing_and_one_of_the_wrong_kind_are_problems(tmp_path: Path) -> None:
    column = StatedIndicator(
        events="requests", good=None, value="latency_ms", where=None, span=GLOB, good_at=GLOB, where_at=GLOB
    )
    found = read(tmp_path, THEIRS, {"answered": column, "other": column})
    assert [f"{one.span}: {one.message} | {one.help}" for one in found.problems] == [
        "errorbudget.toml:1:9: [indicators.answered] states no `good`, and the SLO `up` measures good of total | "
        "write `good` there",
        "errorbudget.toml:1:9: [indicators.other] is no indicator of another system in the files of `slos` | name an "
        "SLI, an inline indicator or an SLO, or leave it out",
    ]


@pytest.mark.parametrize(
    ("old", "new", "oddity", "conditions"),
    [
        ("1h", "-1h", "`spec.conditions[0].spec.condition.lookbackWindow` is `-1h`; it is read as `1h`, the time", 1),
        ("op: gt, ", "", "`spec.conditions[0].spec.condition` has no `op`; `gt` is taken", 1),
        ("        severity: page\n", "", "`spec.conditions[0].spec` has no `severity`; it is taken as a ticket", 1),
        (
            "alertWhenBreaching: true",
            "alertWhenBreaching: false",
            "`spec.alertWhenBreaching` is `false`: the policy alerts on no breach, and is not evaluated",
            0,
        ),
        (
            "alertWhenBreaching: true",
            "{alertWhenBreaching: true, alertWhenNoData: true}"[1:-1].replace(", ", "\n  "),
            "`spec.alertWhenNoData` is true; missing data is told as such, and fires nothing here",
            1,
        ),
        ("alertPolicyRef: fast", "alertPolicyRef: slow", "`spec.alertPolicies[0].alertPolicyRef` is `slow`, and", 0),
    ],
)
def test_odd_alerts(tmp_path: Path, old: str, new: str, oddity: str, conditions: int) -> None:
    found = edited(tmp_path, USED, old, new)
    assert [len(slo.conditions) for slo in found.slos] == [conditions]
    assert oddity in found.oddities[0].reason
    assert found.problems == ()


def test_a_type_beside_a_data_source_of_another_type_wins(tmp_path: Path) -> None:
    source = "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: prom}\nspec: {type: Prometheus}\n"
    text = OURS.replace("good: {metricSource: {", "good: {metricSource: {metricSourceRef: prom, ") + source
    found = read(tmp_path, text)
    assert len(found.slos) == 1
    assert [one.reason for one in found.oddities] == [
        "the SLO `up`: `spec.indicator.spec.ratioMetric.good.metricSource.type` is `errorbudget`, and the DataSource "
        "is of type `Prometheus`; `errorbudget` is taken"
    ]


def test_documents_that_nothing_refers_to_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, OURS + POLICY)
    assert [f"{one.span}: {one.reason}" for one in found.oddities] == [
        "slo/a.yaml:16:1: the AlertPolicy `fast` is referred to by no other document: nothing is computed from it"
    ]


def test_faults_of_a_policy_that_nothing_refers_to_are_problems(tmp_path: Path) -> None:
    found = read(tmp_path, POLICY.replace("burnrate", "sli").replace("threshold: 2", "threshold: -2"))
    assert [(str(one.span), one.place) for one in found.problems] == [
        ("slo/a.yaml:12:27", "AlertCondition over-2: spec.conditions[0].spec.condition.kind")
    ]


def test_two_documents_of_one_name(tmp_path: Path) -> None:
    found = read(tmp_path, OURS + "---\n" + OURS)
    assert len(found.slos) == 1
    assert [f"{one.span}: {one.message}" for one in found.problems] == [
        "slo/a.yaml:18:18: two documents of kind SLO are called `up`; the first one is at slo/a.yaml:3:18"
    ]


@pytest.mark.parametrize(
    ("glob", "reason"),
    [("/etc/*.yaml", "which is an absolute path"), ("../*.yaml", "which leaves the folder of the settings")],
)
def test_globs_stay_in_the_repository(tmp_path: Path, glob: str, reason: str) -> None:
    assert [one.message for one in read_openslo(tmp_path, {glob: GLOB}).problems] == [
        f"`slos` names `{glob}`, {reason}"
    ]


def test_bytes_that_are_no_text_have_their_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"kind: SLO\nname: \xff\n")
    (problem,) = read_openslo(tmp_path, {"a.yaml": GLOB}).problems
    assert f"{problem.span}: {problem.message}" == "a.yaml:2:7: `a.yaml` cannot be read: the byte 0xFF is not UTF-8"
