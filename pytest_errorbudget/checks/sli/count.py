"""``sli-count``: rows are counted where an event may have several."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.subject import Subject, labels_of, texts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import Use, UseKind


def count_findings(subject: Subject) -> Iterator[Finding]:
    """Where the settings name a column of replicas, or the table has one of that name."""
    replica = subject.replica_column
    rows = tuple(use for use in subject.uses(UseKind.ROWS, UseKind.DISTINCT_ROWS) if _counts(subject, use))
    if rows and replica is not None:
        yield subject.finding(
            Rule.SLI_COUNT,
            f"{texts(rows)} counts rows, and replicas (`{replica}`) repeat events",
            labels_of(rows),
            "An event that two replicas delivered counts twice, good or bad: the rate depends on how events travelled.",
        )


def _counts(subject: Subject, use: Use) -> bool:
    """The sum of a column that is cast to a number counts rows if the column is a boolean. Rows that are distinct by
    the replica too are copies."""
    if use.kind is UseKind.DISTINCT_ROWS and subject.replica_column not in use.columns:
        return False
    cast = [subject.column(name) for name in use.summed]
    return all(column is not None and column.type.name == "bool" for column in cast)
