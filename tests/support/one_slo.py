"""One SLO and its source, as many tests need them: 99.9 % of 30 days, and events of which nothing is wrong."""

from __future__ import annotations

from fractions import Fraction

from pytest_errorbudget.model.counts import SourceTotals
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
