"""One SLO, its source and what is counted of it, as many tests need them: 99.9 % of 30 days, a cohort with one tenant,
and events of which nothing is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pytest_errorbudget.model.counts import Counts, Series, SourceTotals, Unjudged
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US

SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 1),
)
GOLD = Cohort(name="gold", tenants=("a",))
TOTALS = SourceTotals(
    source="requests",
    rows=0,
    events=0,
    duplicates=0,
    disagreeing=0,
    without_id=0,
    without_time=0,
    unknown_tenant=0,
    after_as_of=0,
    invalid=(("ok", 0),),
    watermark_us=1 << 60,
)
"""The shards have gone on to send for longer than any test lasts."""


def series_of(windows: Mapping[int, tuple[int, int]], *, tenant: str = "a") -> Series:
    """(Valid, bad) by the start of a window, in µs."""
    starts = tuple(sorted(windows))
    return Series(
        tenant=tenant,
        service=SLO.service,
        slo=SLO.name,
        starts_us=starts,
        valid=tuple(windows[start][0] for start in starts),
        bad=tuple(windows[start][1] for start in starts),
    )


def unjudged_of(events: Mapping[int, int], *, tenant: str = "a") -> Unjudged:
    """How many events could not be judged, by the start of a window, in µs."""
    return Unjudged(
        tenant=tenant,
        service=SLO.service,
        slo=SLO.name,
        starts_us=tuple(sorted(events)),
        events=tuple(events[start] for start in sorted(events)),
    )


def counts_of(*series: Series, width_us: int, until_us: int, totals: tuple[SourceTotals, ...] = (TOTALS,)) -> Counts:
    """Windows of ``width_us``, of which those are closed that end until ``until_us``."""
    return Counts(
        window_us=width_us,
        as_of_us=until_us,
        closed_until_us=until_us,
        series=series,
        totals=totals,
        recounts=(),
        digest="sha256:0",
    )
