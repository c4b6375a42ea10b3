"""What was wrong with the events themselves. Every row is counted somewhere; these are the ones to look into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_errorbudget.model.counts import Counts, SourceTotals
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.formats.moment import format_moment
from pytest_errorbudget.model.formats.wording import counted, named
from pytest_errorbudget.model.item import determinism_item, slo_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.model.slo import Slo

_YEAR_10000_US = 253_402_300_800_000_000
_TODAY_S = range(1_400_000_000, 2_500_000_000)
"""The years 2014 to 2049 in seconds since 1970."""
_UNITS = ((1, "seconds"), (1_000, "milliseconds"), (1_000_000_000, "nanoseconds"))


def event_findings(
    counts: Counts, slos: Sequence[Slo], settings_path: str, sources: Sequence[EventSource]
) -> tuple[Finding, ...]:
    """Copies that disagree and rows that could not be used, on the determinism items of the source's SLOs; events that
    cannot be judged, on the items of their tenants."""
    tables = frozenset(source.name for source in sources if source.slot_us is not None)
    found: list[Finding] = []
    for total in counts.totals:
        mine = [slo.name for slo in slos if slo.sli.events == total.source]
        items = tuple(Affected(determinism_item(settings_path, slo)) for slo in mine)
        found += [
            *_disagreeing(total, items),
            *_unusable(total, items),
            *_ahead(total, items),
            *_of_other_unit(total, items),
        ]
        how = _NOT_COUNTS if total.source in tables else _NOT_JUDGED
        found += (
            _invalid(counts, total.source, slo, number, settings_path, how) for slo, number in total.invalid if number
        )
    return tuple(found)


def _disagreeing(total: SourceTotals, items: tuple[Affected, ...]) -> Iterator[Finding]:
    if not total.disagreeing:
        return
    examples = ", ".join(f"`{example}`" for example in total.disagreeing_examples)
    yield Finding(
        rule=Rule.COPIES_DISAGREE,
        severity=Rule.COPIES_DISAGREE.severity,
        message=f"{counted(total.disagreeing, 'event')} of `{total.source}` came in copies that disagree"
        + (f" (such as {examples})" if examples else ""),
        place=total.source,
        affected=items,
        consequence="Of each, the copy that is least by time and then by the columns that SLOs read was counted: the "
        "same one in every run, but perhaps not the true one.",
        help="let replicas write an event once, or give corrected events an id of their own",
    )


def _unusable(total: SourceTotals, items: tuple[Affected, ...]) -> Iterator[Finding]:
    unknown = counted(total.unknown_tenant, "row of an unknown tenant", "rows of unknown tenants")
    if total.unknown_tenants:
        unknown += f" ({named(total.unknown_tenants, 'tenant')})"
    parts = (
        (total.without_id, counted(total.without_id, "row without id", "rows without id")),
        (total.without_time, counted(total.without_time, "row without time", "rows without time")),
        (total.unknown_tenant, unknown),
    )
    texts = [text for number, text in parts if number]
    if texts:
        yield Finding(
            rule=Rule.EVENTS_INVALID,
            severity=Rule.EVENTS_INVALID.severity,
            message=f"`{total.source}` holds {', '.join(texts)}, of {counted(total.rows, 'row')}",
            place=total.source,
            affected=items,
            consequence="They are in no count: failures among them burn no budget.",
            help="correct what writes them, or list the tenants in the settings",
        )


def _ahead(total: SourceTotals, items: tuple[Affected, ...]) -> Iterator[Finding]:
    for shard, newest_us in total.ahead:
        yield Finding(
            rule=Rule.EVENTS_INVALID,
            severity=Rule.EVENTS_INVALID.severity,
            message=f"the shard `{shard}` of `{total.source}` holds an event {_when(newest_us)}, more than a day later "
            "than the newest one of other shards",
            place=f"{total.source}/{shard}",
            affected=items,
            consequence="It moves nothing but its own shard: the other shards say how far the events are complete. If "
            "its clock is wrong, its other events may be in wrong windows.",
            help="correct the clock that wrote it, or wait for the shards that are behind",
        )


def _of_other_unit(total: SourceTotals, items: tuple[Affected, ...]) -> Iterator[Finding]:
    newest_us = total.watermark_us
    unit = None if newest_us is None else next((one for size, one in _UNITS if newest_us // size in _TODAY_S), None)
    if newest_us is None or unit is None:
        return
    yield Finding(
        rule=Rule.EVENTS_INVALID,
        severity=Rule.EVENTS_INVALID.severity,
        message=f"the newest event of `{total.source}` is {_when(newest_us)}: its times seem to be {unit}, "
        "and are read as microseconds",
        place=f"{total.source}/time",
        affected=items,
        consequence="Events of today lie in other years then, and closer together or further apart than they came: "
        "every number is wrong.",
        help="write the times as timestamps, or as whole microseconds since 1970",
    )


def _when(time_us: int) -> str:
    return f"at {format_moment(time_us)}" if time_us < _YEAR_10000_US else "after the year 9999"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Invalid:
    """What is said of rows that are neither good nor bad: one thing, what it is of, why, and what to do."""

    one: str
    of: str
    why: str
    help: str


_NOT_JUDGED = _Invalid(
    one="event",
    of="",
    why="cannot be judged for `{slo}`: a column that its predicate reads is null",
    help="write the predicate for null too (`coalesce(status, 500) < 500`), or fill the column",
)
_NOT_COUNTS = _Invalid(
    one="row",
    of="the counts ",
    why="cannot be used for `{slo}`: a count is null or below zero, or the time is no start of a slot",
    help="write 0 where there was nothing, and no more good events than there were events in all",
)


def _invalid(counts: Counts, source: str, slo: str, number: int, settings_path: str, how: _Invalid) -> Finding:
    tenants = tuple(one.tenant for one in counts.unjudged if one.slo == slo)
    unknown = tuple(tenant for tenant in tenants if counts.of(tenant, slo) is None)
    nothing = f" They are all that came of {named(unknown, 'tenant')}." if unknown else ""
    return Finding(
        rule=Rule.EVENTS_INVALID,
        severity=Rule.EVENTS_INVALID.severity,
        message=f"{counted(number, how.one)} of {how.of}`{source}` {how.why.format(slo=slo)}",
        place=f"{source}/{slo}",
        affected=tuple(Affected(slo_item(settings_path, slo, tenant), tenant) for tenant in tenants),
        consequence=f"They are neither good nor bad and count as no valid event.{nothing}",
        help=how.help,
    )
