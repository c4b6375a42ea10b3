"""Columns as people have them: counts in place of events, services, and predicates by the names of the mapping."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import recount

FIVE = 5 * MINUTE_US
EVENTS = EventSource(
    name="requests",
    format=EventFormat.NDJSON,
    paths=("*.ndjson",),
    columns=EventColumns(id="id", tenant="tenant", time="at"),
    lateness_us=0,
    span=Span("errorbudget.toml", 7),
)
SLOTS = replace(EVENTS, slot_us=MINUTE_US, columns=EventColumns(tenant="tenant", time="at", good="ok", bad="failed"))
SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="good", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 3),
)


def ask(
    folder: Path, source: EventSource, slo: Slo, rows: Iterable[dict[str, Any]]
) -> tuple[Counts | None, tuple[Problem, ...]]:
    (folder / "events.ndjson").write_text("".join(json.dumps(one) + "\n" for one in rows))
    return count_events(
        folder, (source,), (slo,), ("a", "b"), window_us=FIVE, as_of_us=10 * FIVE, threads=2, recounting=recount
    )


def counted(folder: Path, source: EventSource, slo: Slo, rows: Iterable[dict[str, Any]]) -> Counts:
    found, problems = ask(folder, source, slo, rows)
    assert problems == ()
    assert found is not None
    assert all(one.equal == one.windows for one in found.recounts)
    return found


def numbers(found: Counts) -> list[tuple[str, tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
    return [(one.tenant, one.starts_us, one.valid, one.bad) for one in found.series]


def slot(minute: int, ok: int | None, failed: int | None, tenant: str = "a", **more: Any) -> dict[str, Any]:
    return {"at": minute * MINUTE_US, "tenant": tenant, "ok": ok, "failed": failed, "route": "/api", **more}


def test_slots_of_counts_add_up_to_windows(tmp_path: Path) -> None:
    rows = [slot(0, 90, 10), slot(4, 5, 0), slot(5, 0, 7), slot(0, 1, 0, "b"), slot(0, 9, 1), slot(60, 1, 1)]
    found = counted(tmp_path, SLOTS, SLO, rows)
    assert numbers(found) == [("a", (0, FIVE), (115, 7), (11, 7)), ("b", (0,), (1,), (0,))]
    (total,) = found.totals
    assert (total.rows, total.events, total.duplicates, total.after_as_of) == (6, 5, 0, 1)


@pytest.mark.parametrize(
    "row",
    [
        slot(0, None, 1),
        slot(0, 1, None),
        slot(0, -1, 2),
        slot(0, 2, -1),
        {**slot(0, 1, 1), "at": 7},
        slot(0, 1, 1, route=None),
    ],
    ids=["no good", "no bad", "negative good", "negative bad", "no start of a slot", "a predicate that is null"],
)
def test_a_slot_that_cannot_be_used_is_invalid(tmp_path: Path, row: dict[str, Any]) -> None:
    slo = replace(SLO, sli=replace(SLO.sli, where="route <> '/health'"))
    found = counted(tmp_path, SLOTS, slo, [slot(0, 90, 10), row, slot(0, 500, 500, route="/health")])
    assert numbers(found) == [("a", (0,), (100,), (10,))]
    assert found.totals[0].invalid == (("ok", 1),)


def test_a_predicate_over_counts_is_refused(tmp_path: Path) -> None:
    slo = replace(SLO, sli=replace(SLO.sli, good="ok > 5"))
    _, problems = ask(tmp_path, SLOTS, slo, [slot(0, 90, 10)])
    assert [problem.message for problem in problems] == [
        "the SLO `ok` cannot be counted: `ok > 5` judges an event, and `requests` holds counts: write `good`"
    ]


def event(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "tenant": "a", "at": 0, **more}


@pytest.mark.parametrize(
    ("good", "columns", "values"),
    [
        ("good", {"good": "succeeded"}, [{"succeeded": True}, {"succeeded": False}]),
        ("latency <= 300", {"latency": "took_ms"}, [{"took_ms": 300}, {"took_ms": 301}]),
        ("status < 500", {"status": "http_status"}, [{"http_status": 499}, {"http_status": 500}]),
    ],
)
def test_a_predicate_may_use_the_names_of_the_mapping(
    tmp_path: Path, good: str, columns: dict[str, str], values: list[dict[str, Any]]
) -> None:
    source = replace(EVENTS, columns=replace(EVENTS.columns, **columns))
    slo = replace(SLO, sli=replace(SLO.sli, good=good))
    found = counted(tmp_path, source, slo, [event(str(n), **value) for n, value in enumerate(values)])
    assert numbers(found) == [("a", (0,), (2,), (1,))]


def test_an_slo_counts_the_events_of_its_own_service(tmp_path: Path) -> None:
    source = replace(EVENTS, columns=replace(EVENTS.columns, service="svc"))
    slo = replace(SLO, sli=replace(SLO.sli, good="status < 500", where="status <> 404 or status is null"))
    rows = [("api", 200), ("api", 500), ("api", 404), ("jobs", 500), (None, 500)]
    found = counted(tmp_path, source, slo, [event(str(n), svc=svc, status=s) for n, (svc, s) in enumerate(rows)])
    assert numbers(found) == [("a", (0,), (2,), (1,))]
    assert found.totals[0].invalid == (("ok", 0),)


def test_floats_of_any_width_are_compared_as_decimals_are_written(tmp_path: Path) -> None:
    slo = replace(SLO, sli=replace(SLO.sli, good="seconds <= 0.3"))
    found = counted(tmp_path, EVENTS, slo, [event("1", seconds=0.3), event("2", seconds=0.30000001)])
    assert numbers(found) == [("a", (0,), (2,), (1,))]
