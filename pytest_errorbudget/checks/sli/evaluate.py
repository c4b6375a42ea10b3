"""Every rule on every SLI query."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.answers import answers
from pytest_errorbudget.checks.sli.arbitrary import arbitrary_findings
from pytest_errorbudget.checks.sli.arithmetic import arithmetic_findings
from pytest_errorbudget.checks.sli.clock import clock_findings
from pytest_errorbudget.checks.sli.columns import failing_findings, star_findings
from pytest_errorbudget.checks.sli.count import count_findings
from pytest_errorbudget.checks.sli.dialect import dialect_findings
from pytest_errorbudget.checks.sli.proposal import with_taken_proposal
from pytest_errorbudget.checks.sli.pruning import pruning_findings
from pytest_errorbudget.checks.sli.subject import Subject, subject_of
from pytest_errorbudget.checks.sli.tenant import tenant_findings
from pytest_errorbudget.checks.sli.window import window_findings
from pytest_errorbudget.model.facts import DatabaseFacts, Facts, sli_key
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.item import sli_item
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.settings import Settings

_RULES = (
    clock_findings,
    arbitrary_findings,
    window_findings,
    tenant_findings,
    count_findings,
    arithmetic_findings,
    star_findings,
)
_NO_SERVER = "no replay of the migrations could be asked: it is neither prepared nor planned"


def sli_findings(facts: Facts, settings: Settings) -> Iterator[Finding | Unchecked]:
    """What is said of the queries, by file and place; one that could not be read is unchecked."""
    schemas = schemas_of(facts.databases)
    for query in facts.sli_queries:
        if query.unread is not None:
            yield Unchecked("sli query", query.place, query.unread, query.span, (sli_item(query.path),))
            continue
        subject = subject_of(with_taken_proposal(query, facts.databases), schemas, settings)
        yield from text_findings(subject)
        yield from dialect_findings(subject, facts.databases)
        yield from pruning_findings(subject, facts.databases)
        yield from failing_findings(query, facts.databases)
        if next(answers(sli_key(query), facts.databases), None) is None:
            yield Unchecked("sli query", query.place, _NO_SERVER, query.span)


def text_findings(subject: Subject) -> Iterator[Finding]:
    """What the text and the schema alone say, without a server."""
    for rule in _RULES:
        yield from rule(subject)


def schemas_of(databases: tuple[DatabaseFacts, ...]) -> tuple[Schema, ...]:
    """The newest replay of each, then what its tenants have."""
    return tuple(schema for database in databases for schema in _schemas(database))


def _schemas(database: DatabaseFacts) -> Iterator[Schema]:
    if database.replay is not None and database.replay.versions:
        yield database.replay.newest
    elif database.static is not None:
        yield database.static.schema
    if database.snapshot is not None:
        yield from (shape.schema for shape in database.snapshot.shapes)
