"""Files that look like OpenSLO v1 and are not, or not quite: each fault has its place, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.openslo import OpenSlo, read_openslo

HEAD = """\
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
  budgetingMethod: Occurrences
"""
WHOLE = f"{HEAD}  timeWindow: [{{duration: 28d, isRolling: true}}]\n  objectives: [{{target: 0.99}}]\n"
SERVICE = '{\n\t"apiVersion": "openslo/v1",\n\t"kind": "Service",\n\t"metadata": {"name": "NAME"}\n}\n'


def read(folder: Path, text: str) -> OpenSlo:
    (folder / "a.yaml").write_text(text)
    return read_openslo(folder, {"a.yaml": Span("errorbudget.toml", 1)})


def told(found: OpenSlo) -> tuple[list[str], list[str]]:
    problems = [f"{one.span}: {one.message}; {one.help}".removeprefix("a.yaml:") for one in found.problems]
    return problems, [f"{one.span}: {one.reason}".removeprefix("a.yaml:") for one in found.oddities]


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        (
            "  timeWindow: [{duration: 30d, isRolling: true}]\n  objectives:\n    - target: 0.99\n"
            "      timeWindow: [{duration: 30d, isRolling: true}]\n",
            ["16:7: the SLO `up`: `spec.objectives[0].timeWindow` does not belong here; write it under `spec`"],
        ),
        (
            "  timeWindow: [{duration: 30d, isRolling: true}]\n  target: 0.9\n  objectives: [{target: 0.99}]\n",
            ["14:3: the SLO `up`: `spec.target` does not belong here; write it under `spec.objectives[]`"],
        ),
        (
            "  timeWindow: 28d\n  objectives: [{target: 0.99}]\n",
            [
                "13:15: the SLO `up`: `spec.timeWindow` is `28d` where a list belongs; "
                "list one: `timeWindow: [{duration: 28d, isRolling: true}]`"
            ],
        ),
        (
            "  timeWindow: [{duration: 28d, isRolling: 'true'}]\n  objectives: [{target: 0.99}]\n",
            [
                "13:43: the SLO `up`: `spec.timeWindow[0].isRolling` is `true`, which is neither true nor false; "
                "write `isRolling: true`, without quotes, or say the `calendar`"
            ],
        ),
        (
            "  timeWindow: [{duration: 28d, isRolling: true}]\n  objectives: [{targetPercent: 101}]\n",
            [
                "14:32: the SLO `up`: `spec.objectives[0].targetPercent` is `101`, which is not between 0 and 100; "
                "write the share that must be good in percent, such as `targetPercent: 99.5`"
            ],
        ),
        (
            "  timeWindow: [{duration: 28d, isRolling: true}]\n  objectives: [{target: 0.99}]\n  alertPolicies:\n"
            "    - metadata: {name: fast}\n      spec:\n        alertWhenBreaching: true\n        conditions:\n"
            "          - {kind: burnrate, threshold: 14, lookbackWindow: 1h, spec: {op: gt}}\n",
            [
                "20:30: the SLO `up`: `spec.alertPolicies[0].spec.conditions[0].threshold` does not belong here; "
                "write it under `spec.alertPolicies[].spec.conditions[].spec.condition`",
                "20:45: the SLO `up`: `spec.alertPolicies[0].spec.conditions[0].lookbackWindow` does not belong here; "
                "write it under `spec.alertPolicies[].spec.conditions[].spec.condition`",
                "20:72: the SLO `up`: `spec.alertPolicies[0].spec.conditions[0].spec.op` does not belong here; "
                "write it under `spec.alertPolicies[].spec.conditions[].spec.condition`",
                "20:71: the AlertCondition `fast`: `spec.alertPolicies[0].spec.conditions[0].spec.condition` is "
                "missing; write `condition: {kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h}`",
            ],
        ),
    ],
)
def test_what_stands_in_another_place_than_it_belongs(tmp_path: Path, fields: str, problems: list[str]) -> None:
    assert told(read(tmp_path, HEAD + fields)) == (problems, [])


def test_a_percentage_that_is_a_fraction_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE.replace("target: 0.99", "targetPercent: 0.99"))
    assert told(found) == (
        [],
        [
            "14:32: the SLO `up`: `spec.objectives[0].targetPercent` is less than one percent; a share such as 0.995 "
            "is written as `target`"
        ],
    )


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (
            "openslo/v1alpha",
            "1:13: `apiVersion: openslo/v1alpha` is not supported; convert the file to `openslo/v1`; there "
            "`timeWindows` is `timeWindow: [{duration: 28d, isRolling: true}]`, and `ratioMetrics` of an objective is "
            "`indicator: {spec: {ratioMetric: …}}` of the SLO",
        ),
        (
            "openslo.com/v2alpha",
            "1:13: `apiVersion: openslo.com/v2alpha` is not supported; convert the file to `openslo/v1`; there "
            "`serviceRef` is `service`, `sli` and `sliRef` are `indicator` and `indicatorRef`, and `dataSourceRef` is "
            "`metricSource: {metricSourceRef: …}`",
        ),
        ("OpenSLO/v1", "1:13: `apiVersion: OpenSLO/v1` is not supported; convert the file to `openslo/v1`"),
    ],
)
def test_other_versions(tmp_path: Path, written: str, problem: str) -> None:
    assert told(read(tmp_path, WHOLE.replace("openslo/v1", written))) == ([problem], [])


def test_an_api_version_that_is_written_in_another_case_is_no_other_document(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE.replace("apiVersion", "apiversion"))
    assert told(found) == (["1:1: `apiversion` is no field of OpenSLO v1; did you mean `apiVersion`?"], [])


@pytest.mark.parametrize(
    ("text", "oddity"),
    [
        ("", "1:1: the file holds no document"),
        ("# SLOs come later\n---\n", "1:1: the file holds no document"),
        (
            "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\n",
            "1:1: not an OpenSLO document: its `apiVersion` is `pyrra.dev/v1alpha1` and not `openslo/v1`",
        ),
        ("version: prometheus/v1\nslos: []\n", "1:1: not an OpenSLO document: its `apiVersion` is not `openslo/v1`"),
    ],
)
def test_a_file_without_an_slo_is_named(tmp_path: Path, text: str, oddity: str) -> None:
    assert told(read(tmp_path, text)) == ([], [oddity])


def test_a_template_is_called_one(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, f"{{{{- range .slos }}}}\n{WHOLE}{{{{- end }}}}\n").problems
    assert problem.help == "a template is not read: name the files that are made of it"


def test_a_list_as_a_key_is_named_where_it_stands(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE.replace("  service: api\n", "  ? [a, b]\n  : c\n  service: api\n"))
    assert told(found) == ([], ["5:5: the SLO `up`: `spec` has a list as a key; it is left out"])


def test_json_may_be_indented_with_tabs(tmp_path: Path) -> None:
    assert told(read(tmp_path, SERVICE.replace("NAME", "api"))) == ([], [])
    (oddity,) = read(tmp_path, SERVICE.replace("NAME", "Api")).oddities
    assert str(oddity.span) == "a.yaml:4:23"


def test_json_writes_a_character_in_two_halves_and_half_of_one_is_none(tmp_path: Path) -> None:
    (slo,) = read(tmp_path, WHOLE.replace("service: api", 'service: "\\ud83d\\ude80"')).slos
    assert slo.service == "\N{ROCKET}"
    (problem,) = read(tmp_path, WHOLE.replace("service: api", 'service: "\\ud83d"')).problems
    assert f"{problem.span}: {problem.message}" == "a.yaml:5:13: not valid YAML: `\\ud83d` is half of a character"
