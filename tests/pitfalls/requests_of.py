"""Events and tables of counts as a team keeps them, counted by the real engine (DuckDB) as a run counts them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from pytest_errorbudget.checks.budget import budget_states
from pytest_errorbudget.checks.event_findings import event_findings
from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.model.burn import BudgetState, Burn, NoData
from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.settings import Cohort, EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import no_recount

FIVE = 5 * MINUTE_US
TENANTS = ("a", "b")
COHORTS = (Cohort(name="all", tenants=TENANTS),)
EVENTS = EventSource(
    name="requests",
    format=EventFormat.NDJSON,
    paths=("*.ndjson",),
    columns=EventColumns(id="id", tenant="tenant", time="at", replica="shard"),
    lateness_us=0,
    span=Span("errorbudget.toml", 1),
)
TABLE = EventSource(
    name="requests",
    format=EventFormat.CSV,
    paths=("*.csv",),
    columns=EventColumns(id="id", tenant="tenant", time="at", good="good", bad="bad"),
    lateness_us=0,
    span=Span("errorbudget.toml", 1),
    slot_us=MINUTE_US,
)
SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 1),
)
OF_COUNTS = replace(SLO, sli=replace(SLO.sli, good="good"))

Row = dict[str, Any]


def request(id: object, at_us: int, status: int | None = 200, *, tenant: str = "a", shard: str = "0") -> Row:
    return {"id": str(id), "tenant": tenant, "at": at_us, "status": status, "shard": shard}


def requests(number: int, bad: int, at_us: int, *, tenant: str = "a") -> list[Row]:
    """So many requests within a window, of which the first ``bad`` fail."""
    return [request(f"{at_us} {n}", at_us + n, 500 if n < bad else 200, tenant=tenant) for n in range(number)]


def count(
    folder: Path,
    rows: Iterable[Row],
    *,
    slo: Slo = SLO,
    source: EventSource = EVENTS,
    until_us: int | None = None,
    window_us: int = FIVE,
) -> Counts:
    """The counts of these events; ``until_us`` left out is where every shard has come to."""
    (folder / "requests.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return _counted(folder, slo, source, until_us, window_us)


def count_table(
    folder: Path,
    rows: Sequence[tuple[str, int, int | None, int | None]],
    *,
    slo: Slo = OF_COUNTS,
    until_us: int | None = None,
    window_us: int = FIVE,
) -> Counts:
    """The counts of a table: (tenant, start of the slot in µs, good, bad)."""
    lines = (",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    (folder / "counts.csv").write_text("\n".join(("tenant,at,good,bad", *lines)) + "\n")
    return _counted(folder, slo, TABLE, until_us, window_us)


def _counted(folder: Path, slo: Slo, source: EventSource, until_us: int | None, window_us: int) -> Counts:
    counts, _ = count_events(
        folder, (source,), (slo,), TENANTS, window_us=window_us, as_of_us=until_us, threads=2, recounting=no_recount
    )
    assert counts is not None
    return counts


def state(counts: Counts, slo: Slo = SLO, tenant: str = "a") -> BudgetState:
    (only,) = (one for one in budget_states(in_slices(counts, (slo,)), (slo,), COHORTS) if one.tenant == tenant)
    return only


def burn(counts: Counts, length_us: int, slo: Slo = SLO, tenant: str = "a") -> Burn | NoData:
    return dict(state(counts, slo, tenant).burns)[length_us]


def said_of(counts: Counts, slo: Slo = SLO, source: EventSource = EVENTS) -> list[str]:
    return [finding.message for finding in event_findings(counts, (slo,), "errorbudget.toml", (source,))]
