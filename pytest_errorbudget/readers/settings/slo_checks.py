"""What must hold for the SLOs of the settings, whichever form they are written in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.settings import EventSource, Settings
from pytest_errorbudget.model.slo import Occurrences, RatioTimeslices, Slo, Timeslices
from pytest_errorbudget.model.window import format_duration
from pytest_errorbudget.readers.settings.errors import Reading
from pytest_errorbudget.readers.slos.written import WrittenSlo

_RESERVED = frozenset({"tenants", "schema", "thresholds", "determinism"})


def check_slos(reading: Reading, written: Sequence[WrittenSlo], sources: set[str], settings: Settings) -> None:
    """``sources`` are the names of all events, also of those that could not be read."""
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
        _check_period(reading, one, settings.window_us)
        _check_slices(reading, one, settings.events)
        _check_conditions(reading, slo, settings)


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"


def _check_events(reading: Reading, one: WrittenSlo, sources: set[str]) -> None:
    slo = one.slo
    if slo.sli.events not in sources:
        message = f"the SLO `{slo.name}` counts the events `{slo.sli.events}`, which no [[events]] defines"
        reading.problem_at(one.events, message, f"defined are: {_listed(sources)}")


def _check_period(reading: Reading, one: WrittenSlo, window_us: int) -> None:
    if one.slo.period_us < window_us:
        period, window = format_duration(one.slo.period_us), format_duration(window_us)
        message = f"the SLO `{one.slo.name}` has a period of {period}, which is shorter than a window of {window}"
        reading.problem_at(one.period, message, "write a longer period, such as `28d`, or a shorter `window`")


def _check_slices(reading: Reading, one: WrittenSlo, events: Sequence[EventSource]) -> None:
    slo = one.slo
    match slo.budgeting:
        case Occurrences():
            return
        case Timeslices(slice_us=slice_us) | RatioTimeslices(slice_us=slice_us):
            for slot, name in _uncut(slice_us, events):
                message = f"the SLO `{slo.name}` has slices of {format_duration(slice_us)}, which are not whole "
                reading.problem_at(
                    one.slice,
                    f"{message}slots of {slot} of `{name}`",
                    f"write slices that are {slot} or a multiple of it",
                )
        case _:
            assert_never(slo.budgeting)


def _uncut(length_us: int, events: Sequence[EventSource]) -> Iterator[tuple[str, str]]:
    """The slots, each with its table of counts, of which ``length_us`` is no whole number: nothing else is too coarse,
    because events are counted in the largest width that fits all that is asked for."""
    for source in events:
        if source.slot_us is not None and length_us % source.slot_us:
            yield format_duration(source.slot_us), source.name


def _check_conditions(reading: Reading, slo: Slo, settings: Settings) -> None:
    """Burn rates are of whole steps of counting, and so is the time for which an alert waits. Only slots of a table of
    counts are no part of both."""
    window_us = settings.counted_us
    for condition in slo.conditions:
        window = format_duration(window_us)
        for slot, name in _uncut(condition.lookback_us, settings.events):
            lookback = format_duration(condition.lookback_us)
            message = f"the alert `{condition.name}` of the SLO `{slo.name}` looks back {lookback}, which is not whole "
            reading.problem_at(
                condition.span, f"{message}slots of {slot} of `{name}`", f"look back a multiple of {slot}"
            )
        if condition.after_us % window_us:
            after = format_duration(condition.after_us)
            reason = f"the alert `{condition.name}` of the SLO `{slo.name}` waits {after}; with windows of {window} it "
            span = condition.span
            place = f"{span.path}:{span.line}"
            reading.unchecked.append(
                Unchecked("openslo", place, f"{place}: {reason}waits up to the end of the window", span)
            )
