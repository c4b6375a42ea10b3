"""Whatever is wrong with a settings or OpenSLO file is a problem with its line, and never an exception."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import tomli_w
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.openslo import read_openslo
from pytest_errorbudget.readers.settings.read import read_settings
from pytest_errorbudget.readers.toml_places import key_places
from pytest_errorbudget.readers.yaml_places import Place, yaml_documents

SETTINGS = """\
manifest = "Cargo.toml"
slos = ["slo/*.yaml"]
sli-queries = ["sli/*.sql"]
fail-on = "warning"
memory = "320 MiB"
window = "5m"

[[database]]
name = "core"
url = "env:CORE_URL"
services = ["billing"]

[[database.migrations]]
path = "migrations/shared"
per = "shared"

[[database.migrations]]
path = "migrations/tenant"
per = "tenant"
kind = "sqlx"
bookkeeping = "_sqlx_migrations"
schema = "{schema}"

[database.tenants]
layout = "schema"
names = { acme-prod = "acme_prod", globex = "globex", initech = "initech" }

[database.cohorts]
table = "public.customers"
tenant = "slug"
cohort = "plan"

[replay]
binaries = "/usr/lib/postgresql/16/bin"

[[events]]
name = "requests"
source = { parquet = "events/*.parquet" }
columns = { id = "event_id", tenant = "tenant_id", time = "occurred_at", replica = "shard" }
lateness = "10m"

[[events]]
name = "slots"
slot = "5m"
source = { postgres = "public.slots", url = "env:EVENTS_URL" }
columns = { good = "good", bad = "bad" }
tenants = { "42" = "acme-prod" }

[[slo]]
name = "fast"
service = "billing"
events = "requests"
good = "latency_ms <= 300"
where = "route <> '/health'"
objective = "99 %"
budgeting = "timeslices"
slice = "10m"
slice-target = "95 %"

[slo.period]
calendar = "1M"
start = "2026-01-01T00:00:00"
zone = "Europe/Berlin"

[[slo.alerts]]
name = "page"
threshold = "14.4"
lookback = "1h"
op = "gte"
after = "5m"
severity = "page"

[indicators.answered]
events = "requests"
good = "status < 500"
where = "true"

[cohorts.enterprise]
tenants = ["acme-*"]
objectives = { fast = "99.9 %" }

[cohorts.growth]
tenants = "others"

[objectives.globex]
fast = "99.5 %"

[thresholds]
confidence = "99.2 %"
compare-with = []

[determinism]
engines = ["spark"]

[[allow]]
rule = "index-missing"
where = "globex.payments"
reason = "dropped during the import, #812"
until = 2027-03-31
"""
OPENSLO = """\
apiVersion: openslo/v1
kind: DataSource
metadata: {name: events}
spec: {type: errorbudget}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: slow}
spec:
  thresholdMetric:
    metricSource: {metricSourceRef: events, spec: {events: requests, value: latency_ms, where: "status < 500"}}
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
  displayName: Requests answered
  labels: {team: [platform]}
spec:
  description: Requests that were answered.
  service: billing
  indicatorRef: answered
  timeWindow:
    - duration: 1M
      isRolling: false
      calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}
  budgetingMethod: Timeslices
  objectives:
    - {displayName: gold, target: 0.999, timeSliceTarget: 0.99, timeSliceWindow: 10m}
    - {displayName: silver, targetPercent: 99, timeSliceTarget: 0.95, timeSliceWindow: 5}
  alertPolicies:
    - alertPolicyRef: page
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: answered}
spec:
  ratioMetric:
    good: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(ok[5m]))'}}}
    total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(all[5m]))'}}}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: speed}
spec:
  service: billing
  indicatorRef: slow
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99, op: lte, value: 300}]
  alertPolicies: [{alertPolicyRef: page}]
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: page}
spec:
  alertWhenBreaching: true
  alertWhenNoData: false
  conditions: [{conditionRef: over-14}]
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: over-14}
spec:
  severity: page
  condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
"""
FREELY = settings(deadline=None, max_examples=50)
GLOB = Span("errorbudget.toml", 1)
VALUES: tuple[Any, ...] = (
    "",
    " ",
    "\t",
    "nonsense",
    "1m",
    "1M",
    "-1h",
    "0",
    "99 %",
    "101 %",
    "1/0",
    "9" * 5000,
    "9" * 5000 + "d",
    "9" * 5000 + "M",
    "9" * 5000 + " MiB",
    "9999999999999999999d",
    "1e999999999",
    "0." + "9" * 5000,
    "9" * 5000 + "/" + "9" * 5000,
    "/etc/*",
    "../*.yaml",
    "**",
    "[",
    "Europe",
    "../../etc/passwd",
    "é" * 300,
    "9999-12-31T23:59:59",
    "0001-01-01T00:00:00",
    "2026-01-01T00:00:00+02:00",
    "2026-02-30",
    0,
    -1,
    10**30,
    0.5,
    float("nan"),
    float("inf"),
    True,
    [],
    [[]],
    ["x", 1],
    {},
    {"x": {"y": []}},
    date(2026, 1, 1),
)


def outcome(written: bytes, openslo: bytes = OPENSLO.encode()) -> tuple[Problem, ...]:
    """The problems, each held to its form."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "slo").mkdir()
        (root / "slo" / "a.yaml").write_bytes(openslo)
        (root / "errorbudget.toml").write_bytes(written)
        read, problems = read_settings(root, "errorbudget.toml", {})
    assert (read is None) == bool(problems)
    lines = {"errorbudget.toml": _lines(written), "slo/a.yaml": _lines(openslo)}
    for problem in problems:
        assert problem.span is not None
        assert 1 <= problem.span.line <= lines[problem.span.path], problem
        assert problem.span.column >= 1
        assert problem.consequence
        assert problem.help or ": " in problem.message, problem.message
        assert not re.search(r"Traceback|<[a-z]+ object|limit \(\d+ digits\)", problem.message), problem.message
        assert len(problem.message) < 1000, problem.message[:200]
    return problems


def _lines(text: bytes) -> int:
    return text.count(b"\n") + 1


def test_the_files_themselves_are_fine() -> None:
    assert [str(problem) for problem in outcome(SETTINGS.encode())] == []


def _keys(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in entries:
        yield (*path, key)
        yield from _keys(below, (*path, key))


def _parent(document: Any, key: tuple[str | int, ...]) -> Any:
    for step in key[:-1]:
        document = document[step]
    return document


TOML = tomllib.loads(SETTINGS)
TOML_KEYS = tuple(_keys(TOML))
YAML = list(yaml.load_all(OPENSLO, Loader=yaml.BaseLoader))
YAML_KEYS = tuple(_keys(YAML))


@FREELY
@given(st.sampled_from(TOML_KEYS), st.sampled_from(VALUES))
def test_any_value_at_any_key_of_the_settings(key: tuple[str | int, ...], value: Any) -> None:
    document = copy.deepcopy(TOML)
    _parent(document, key)[key[-1]] = value
    outcome(tomli_w.dumps(document).encode())


@FREELY
@given(st.sampled_from([key for key in TOML_KEYS if isinstance(key[-1], str)]))
def test_any_key_of_the_settings_may_be_missing(key: tuple[str | int, ...]) -> None:
    document = copy.deepcopy(TOML)
    del _parent(document, key)[key[-1]]
    outcome(tomli_w.dumps(document).encode())


FREE_KEYS = re.compile(
    r"^(indicators|cohorts|objectives)$|^objectives\.|^database\.\d\.tenants\.names$|^events\.\d\.tenants$|objectives$"
)
FIXED = tuple(
    key
    for key in TOML_KEYS
    if isinstance(key[-1], str) and len(key[-1]) > 3 and not FREE_KEYS.search(".".join(map(str, key[:-1])))
)


@pytest.mark.parametrize("key", FIXED, ids=lambda key: ".".join(map(str, key)))
def test_a_misspelt_key_of_the_settings_is_named_with_its_line_and_the_right_name(key: tuple[str | int, ...]) -> None:
    name, document = str(key[-1]), copy.deepcopy(TOML)
    misspelt = name[0] + name[2] + name[1] + name[3:] if name[1] != name[2] else name + "s"
    parent = _parent(document, key)
    parent[misspelt] = parent.pop(name)
    text = tomli_w.dumps(document)
    (problem,) = outcome(text.encode())
    assert problem.message == f"unknown key `{misspelt}`"
    assert problem.help == f"did you mean `{name}`?"
    assert problem.span == key_places("errorbudget.toml", text)[*key[:-1], misspelt]


@pytest.mark.parametrize("key", FIXED, ids=lambda key: ".".join(map(str, key)))
def test_no_text_at_any_key_is_answered_with_a_pattern(key: tuple[str | int, ...]) -> None:
    document = copy.deepcopy(TOML)
    _parent(document, key)[key[-1]] = "1 month ?"
    for problem in outcome(tomli_w.dumps(document).encode()):
        assert not re.search(r"regex|\^|\[0-9\]", f"{problem.message} {problem.help}")


@pytest.mark.parametrize("key", FIXED, ids=lambda key: ".".join(map(str, key)))
def test_a_value_of_another_kind_is_a_problem_at_its_line(key: tuple[str | int, ...]) -> None:
    document = copy.deepcopy(TOML)
    _parent(document, key)[key[-1]] = 7.5
    text = tomli_w.dumps(document)
    (problem,) = outcome(text.encode())
    places = key_places("errorbudget.toml", text)
    assert problem.span in {places[key], places.get(key[:-1])}
    assert problem.span == places[key]
    assert problem.help


@FREELY
@given(st.binary(max_size=60), st.integers(0, len(SETTINGS)))
def test_bytes_in_the_settings(data: bytes, at: int) -> None:
    text = SETTINGS.encode()
    outcome(text[:at] + data + text[at:])


@FREELY
@given(st.integers(0, len(SETTINGS)), st.integers(0, 200))
def test_settings_with_a_hole(at: int, length: int) -> None:
    outcome((SETTINGS[:at] + SETTINGS[at + length :]).encode())


@FREELY
@given(st.sampled_from(YAML_KEYS), st.sampled_from(VALUES))
def test_any_value_at_any_key_of_openslo(key: tuple[str | int, ...], value: Any) -> None:
    documents = copy.deepcopy(YAML)
    if len(key) == 1:
        documents[int(key[0])] = value
    else:
        _parent(documents, key)[key[-1]] = value
    outcome(SETTINGS.encode(), yaml.dump_all(documents, sort_keys=False, allow_unicode=True).encode())


@FREELY
@given(st.sampled_from([key for key in YAML_KEYS if len(key) > 1]))
def test_any_key_of_openslo_may_be_missing(key: tuple[str | int, ...]) -> None:
    documents = copy.deepcopy(YAML)
    del _parent(documents, key)[key[-1]]
    outcome(SETTINGS.encode(), yaml.dump_all(documents, sort_keys=False).encode())


SCALARS = tuple(
    key
    for key in YAML_KEYS
    if isinstance(_parent(YAML, key)[key[-1]], str)
    and {"apiVersion", "metadata", "description", "displayName", "query"}.isdisjoint(key)
)


def _place(text: str, key: tuple[str | int, ...]) -> Place:
    found = yaml_documents("slo/a.yaml", text)[int(key[0])]
    for step in key[1:]:
        below = list(found.items())[step] if isinstance(step, int) else found.get(step)
        assert below is not None
        found = below
    return found


@pytest.mark.parametrize("key", SCALARS, ids=lambda key: ".".join(map(str, key)))
def test_a_mapping_in_place_of_a_scalar_is_a_problem_at_its_line(key: tuple[str | int, ...]) -> None:
    documents = copy.deepcopy(YAML)
    _parent(documents, key)[key[-1]] = {"a": ["b"]}
    text = yaml.dump_all(documents, sort_keys=False)
    spans = {problem.span for problem in outcome(SETTINGS.encode(), text.encode())}
    place = _place(text, key)
    document = yaml_documents("slo/a.yaml", text)[int(key[0])]
    assert spans & {place.span, document.span}


NAMED = tuple(
    key
    for key in YAML_KEYS
    if isinstance(key[-1], str)
    and len(key) > 2
    and len(key[-1]) > 3
    and {"metadata", "description", "displayName", "labels", "query", "promql"}.isdisjoint(key)
)


@pytest.mark.parametrize("key", NAMED, ids=lambda key: ".".join(map(str, key)))
def test_a_misspelt_field_of_openslo_is_named_with_its_line_and_the_right_name(key: tuple[str | int, ...]) -> None:
    name, documents = str(key[-1]), copy.deepcopy(YAML)
    misspelt = name[:-2] + name[-1] + name[-2] if name[-1] != name[-2] else name + "s"
    parent = _parent(documents, key)
    parent[misspelt] = parent.pop(name)
    text = yaml.dump_all(documents, sort_keys=False)
    problems = outcome(SETTINGS.encode(), text.encode())
    slips = [problem for problem in problems if problem.help == f"did you mean `{name}`?"]
    assert [slip.message.endswith(("is no field of OpenSLO v1", "is unknown")) for slip in slips] == [True]
    (around,) = [slip.span for slip in slips]
    assert around is not None
    assert text.splitlines()[around.line - 1].lstrip(" -").startswith(f"{misspelt}:")


@FREELY
@given(st.binary(max_size=60), st.integers(0, len(OPENSLO)))
def test_bytes_in_openslo(data: bytes, at: int) -> None:
    text = OPENSLO.encode()
    outcome(SETTINGS.encode(), text[:at] + data + text[at:])


@FREELY
@given(st.integers(0, len(OPENSLO)), st.integers(0, 200))
def test_openslo_with_a_hole(at: int, length: int) -> None:
    outcome(SETTINGS.encode(), (OPENSLO[:at] + OPENSLO[at + length :]).encode())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &a [*a]\n", None),
        ("apiVersion: openslo/v1\nkind: SLO\nmetadata: &m {name: x, <<: *m}\nspec: &s {<<: *s}\n", "4:7"),
        ("apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec: &s {objectives: [*s]}\n", "4:11"),
        ("{" * 5000, "1:1"),
        ("- " * 5000 + "x", "1:1"),
        ("\tkind: SLO\n", "1:1"),
        ("kind: SLO\n\tname: x\n", "2:1"),
        ("kind: *nothing\n", "1:7"),
        ("a: b\na: \0c\n", "2:4"),
        ("kind: SLO\nname: !!python/object:os.system x\n", None),
        ("? [a, b]\n: c\n", None),
        ("? {a: b}\n: c\napiVersion: openslo/v1\nkind: SLO\n", "1:1"),
        ("apiVersion: openslo/v1\nkind: [SLO]\n", "2:7"),
        ("apiVersion: openslo/v1\nkind: SLO\nmetadata: x\n", "1:1"),
        ("apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\n", "1:1"),
        ("%YAML 9.9\n---\na: b\n", "1:1"),
        ("'", "1:2"),
        ("", None),
        ("---\n---\n", None),
    ],
)
def test_what_yaml_can_hold_has_a_place(text: str, problem: str | None) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "a.yaml").write_text(text)
        problems = read_openslo(Path(folder), {"a.yaml": GLOB}).problems
    assert [str(one.span) for one in problems][:1] == ([] if problem is None else [f"a.yaml:{problem}"])


@pytest.mark.parametrize("depth", [100, 100_000])
def test_deep_settings(depth: int) -> None:
    (problem,) = outcome(f"window = {'[' * depth}{']' * depth}\n".encode())
    assert str(problem.span).startswith("errorbudget.toml:1:")
