"""What must hold for the SLOs of the settings, whichever form they are written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Occurrences, RatioTimeslices, Slo, Timeslices
from pytest_errorbudget.model.window import format_duration
from pytest_errorbudget.readers.settings_errors import Key, Reading
from pytest_errorbudget.readers.written_slo import WrittenSlo

_RESERVED = frozenset({"tenants", "schema", "thresholds", "determinism"})


def check_slos(
    reading: Reading, written: Sequence[WrittenSlo], sources: set[str], cohorts: Sequence[Cohort], window_us: int
) -> None:
    seen: dict[str, Slo] = {}
    for one in written:
        slo = one.slo
        _check_events(reading, one, sources)
        if slo.name in _RESERVED:
            reading.problem_at(
                slo.span, f"an SLO may not be called `{slo.name}`: generated items have that name", "rename it"
            )
        if slo.name in seen:
            message = f"two SLOs are called `{slo.name}`; the first one is at {seen[slo.name].span}"
            reading.problem_at(slo.span, message, "rename one of them")
        seen.setdefault(slo.name, slo)
        _check_slices(reading, one, window_us)
        _check_conditions(reading, slo, window_us)
    for cohort in cohorts:
        for name, _ in cohort.objectives:
            if name not in seen:
                _no_such(reading, ("cohorts", cohort.name, "objectives", name), seen)
        for tenant, name, _ in cohort.own_objectives:
            if name not in seen:
                _no_such(reading, ("objectives", tenant, name), seen)


def _no_such(reading: Reading, key: Key, seen: dict[str, Slo]) -> None:
    reading.problem(key, f"there is no SLO `{key[-1]}`", f"defined are: {_listed(seen)}")


def _listed(names: set[str] | dict[str, Slo]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"


def _check_events(reading: Reading, one: WrittenSlo, sources: set[str]) -> None:
    slo = one.slo
    if slo.sli.events not in sources:
        message = f"the SLO `{slo.name}` counts the events `{slo.sli.events}`, which no [[events]] defines"
        reading.problem_at(one.events, message, f"defined are: {_listed(sources)}")


def _check_slices(reading: Reading, one: WrittenSlo, window_us: int) -> None:
    slo = one.slo
    match slo.budgeting:
        case Occurrences():
            return
        case Timeslices(slice_us=slice_us) | RatioTimeslices(slice_us=slice_us):
            if slice_us % window_us:
                slice, window = format_duration(slice_us), format_duration(window_us)
                message = f"the SLO `{slo.name}` has slices of {slice}, which are not whole windows of {window}"
                reading.problem_at(
                    one.slice, message, f'write `window = "{slice}"` in errorbudget.toml, or longer slices'
                )
        case _:
            assert_never(slo.budgeting)


def _check_conditions(reading: Reading, slo: Slo, window_us: int) -> None:
    """Burn rates are of whole steps of counting, and so is the time for which an alert waits. Only slots of a table of
    counts are no part of both."""
    for condition in slo.conditions:
        window = format_duration(window_us)
        if condition.lookback_us % window_us:
            lookback = format_duration(condition.lookback_us)
            message = f"the alert `{condition.name}` of the SLO `{slo.name}` looks back {lookback}, which is not whole "
            help = f"look back a multiple of {window}, or set `window` in errorbudget.toml to a part of {lookback}"
            reading.problem_at(condition.span, f"{message}windows of {window}", help)
        if condition.after_us % window_us:
            after = format_duration(condition.after_us)
            reason = f"the alert `{condition.name}` of the SLO `{slo.name}` waits {after}; with windows of {window} it "
            span = condition.span
            place = f"{span.path}:{span.line}"
            reading.unchecked.append(
                Unchecked("openslo", place, f"{place}: {reason}waits up to the end of the window", span)
            )
