"""Every rule on every SLI query."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.arithmetic import arithmetic_findings
from pytest_errorbudget.checks.sli.clock import clock_findings
from pytest_errorbudget.checks.sli.columns import failing_findings, star_findings
from pytest_errorbudget.checks.sli.count import count_findings
from pytest_errorbudget.checks.sli.subject import subject_of
from pytest_errorbudget.checks.sli.tenant import tenant_findings
from pytest_errorbudget.checks.sli.window import window_findings
from pytest_errorbudget.model.facts import DatabaseFacts, Facts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.item import sli_item
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.settings import Settings

_RULES = (clock_findings, window_findings, tenant_findings, count_findings, arithmetic_findings, star_findings)


def sli_findings(facts: Facts, settings: Settings) -> Iterator[Finding | Unchecked]:
    """What is said of the queries, by file and place; one that could not be read is unchecked."""
    schemas = tuple(schema for database in facts.databases for schema in _schemas(database))
    for query in facts.sli_queries:
        if query.unread is not None:
            place = f"{query.path}::sli.{query.number}"
            yield Unchecked("sli query", place, query.unread, query.span, (sli_item(query.path),))
            continue
        subject = subject_of(query, schemas, settings.events, settings.databases)
        for rule in _RULES:
            yield from rule(subject)
        yield from failing_findings(query, facts.databases)


def _schemas(database: DatabaseFacts) -> Iterator[Schema]:
    """The newest replay, then what tenants have."""
    if database.replay is not None and database.replay.versions:
        yield database.replay.newest
    elif database.static is not None:
        yield database.static.schema
    if database.snapshot is not None:
        yield from (shape.schema for shape in database.snapshot.shapes)
