"""``sli-clock``: the answer depends on when and in which time zone somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.subject import Subject, labels_of, texts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import Use, UseKind


def clock_findings(subject: Subject) -> Iterator[Finding]:
    clocks = tuple(use for use in subject.uses(UseKind.CLOCK) if not use.columns or subject.is_moment(use))
    if clocks:
        yield subject.finding(
            Rule.SLI_CLOCK,
            f"the query reads the clock: {texts(clocks)}",
            labels_of(clocks),
            "Two runs over the same events count different ones, and no answer can be had again.",
        )
    endless = tuple(use for use in subject.uses(UseKind.OPEN) if subject.is_moment(use))
    if endless:
        yield subject.finding(
            Rule.SLI_CLOCK,
            f"the range has a start and no end: {texts(endless)}",
            labels_of(endless),
            "It ends where the events end at the moment of asking: each later run counts more of them.",
        )
    days = tuple(use for use in subject.uses(UseKind.DAY) if _is_zoned(subject, use))
    if days:
        yield subject.finding(
            Rule.SLI_CLOCK,
            f"{texts(days)} cuts moments by the session's time zone, which the query does not say",
            labels_of(days),
            "A server or a client with another `TimeZone` puts the same event into another day or hour.",
        )
    zoneless = tuple(use for use in subject.uses(UseKind.ZONELESS) if _is_read_in_a_zone(subject, use))
    if zoneless:
        yield subject.finding(
            Rule.SLI_CLOCK,
            f"no time zone says which moment it is: {texts(zoneless)}",
            labels_of(zoneless),
            "It is taken for the session's: a server or a client with another `TimeZone` counts other events.",
        )


def _is_read_in_a_zone(subject: Subject, use: Use) -> bool:
    """Compared with a timestamp with time zone, or made one."""
    columns = [subject.column(name) for name in use.columns]
    return all(column is not None and column.type.name == "timestamptz" for column in columns)


def _is_zoned(subject: Subject, use: Use) -> bool:
    """Only a timestamp with time zone is cut by the session's; without the table's schema, that may be one."""
    columns = [subject.column(name) for name in use.columns]
    known = [column for column in columns if column is not None]
    if subject.relation is None:
        return bool(columns)
    return any(column.type.name == "timestamptz" for column in known)
