"""SLOs that are read in full and not computed, because their numbers are in another system."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from pytest_errorbudget.model.alert import Condition
from pytest_errorbudget.model.slo import Budgeting, Calendar, Occurrences, Period, RatioTimeslices, Rolling, Timeslices
from pytest_errorbudget.model.window import format_duration
from pytest_errorbudget.readers.openslo.indicator import Foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class NotComputed:
    """Everything that the document says but for an ``Sli``: ``measure`` names the form and the source instead, and
    ``indicator`` is the name by which the settings can state it. ``comparison`` (``< 500``) is a threshold's."""

    name: str
    service: str
    objective: Fraction
    period: Period
    budgeting: Budgeting
    measure: Foreign
    indicator: str
    comparison: str | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def reason(self) -> str:
        source = self.measure.source
        fixed = f" (in a query that fixes {', '.join(source.fixed_ranges)})" if source.fixed_ranges else ""
        form = self.measure.form + (f" {self.comparison}" if self.comparison else "")
        return (
            f"the SLO `{self.name}` is not computed: {_percent(self.objective)} of {_counted(self.budgeting)} "
            f"{_over(self.period)}, {form}, are numbers of `{source.source}`{fixed}, and not events that can be "
            f"counted exactly. Say how events count it under [indicators.{self.indicator}] in errorbudget.toml"
        )


def _percent(share: Fraction) -> str:
    percent = 100 * share
    return f"{(Decimal(percent.numerator) / Decimal(percent.denominator)).normalize():f} %"


def _counted(budgeting: Budgeting) -> str:
    match budgeting:
        case Occurrences():
            return "occurrences"
        case Timeslices(slice_us=slice_us, target=target):
            return f"slices of {format_duration(slice_us)} with {_percent(target)} good"
        case RatioTimeslices(slice_us=slice_us):
            return f"the mean of slices of {format_duration(slice_us)}"
        case _:
            assert_never(budgeting)


def _over(period: Period) -> str:
    match period:
        case Rolling(length_us):
            return f"over {format_duration(length_us)}"
        case Calendar() as calendar:
            span = f"{calendar.count}{calendar.unit.letter}"
            return f"over {span} of the calendar from {calendar.start.isoformat()} on in {calendar.zone}"
        case _:
            assert_never(period)
