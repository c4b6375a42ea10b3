"""A PostgreSQL table of events with the columns ``id``, ``tenant`` and ``at``, counted without the rest of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from naive_events import FIVE, TENANTS

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import no_recount


def ask(table: str, conninfo: str, slos: tuple[Slo, ...], **more: Any) -> tuple[Counts | None, tuple[Problem, ...]]:
    """``more`` are further arguments of ``count_events``."""
    source = EventSource(
        name="requests",
        format=EventFormat.POSTGRES,
        paths=(table,),
        columns=EventColumns(id="id", tenant="tenant", time="at"),
        lateness_us=0,
        span=Span("errorbudget.toml", 7),
        url=conninfo,
    )
    given = {"as_of_us": 100 * FIVE, "recounting": no_recount, **more}
    return count_events(Path(), (source,), slos, TENANTS, window_us=FIVE, **given)
