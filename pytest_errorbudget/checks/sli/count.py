"""``sli-count``: rows are counted where an event may have several."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.subject import Subject, texts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import UseKind


def count_findings(subject: Subject) -> Iterator[Finding]:
    """Where the settings name a column of replicas, or the table has one of that name."""
    replicas = [source.columns.replica for source in subject.sources if source.columns.replica is not None]
    if subject.relation is not None:
        replicas = [name for name in replicas if subject.relation.column(name) is not None]
    rows = tuple(subject.uses(UseKind.ROWS))
    if rows and replicas:
        yield subject.finding(
            Rule.SLI_COUNT,
            f"{texts(rows)} counts rows, and replicas (`{replicas[0]}`) repeat events",
            rows,
            "An event that two replicas delivered counts twice, good or bad: the rate depends on how events travelled.",
        )
