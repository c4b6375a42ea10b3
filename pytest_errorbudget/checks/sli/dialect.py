"""``sli-dialect``: what the query means is plain, but PostgreSQL does not take it as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_errorbudget.checks.sli.answers import answers
from pytest_errorbudget.checks.sli.subject import Subject
from pytest_errorbudget.model.facts import DatabaseFacts, sli_key, sli_meant_key
from pytest_errorbudget.model.finding import Finding, Label
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.rule import Rule

_SYNTAX, _NO_FUNCTION = "42601", "42883"


def is_other_sql(verdict: Rejected) -> bool:
    """Whether another server's SQL is refused like this."""
    return verdict.sqlstate in {_SYNTAX, _NO_FUNCTION}


def dialect_findings(subject: Subject, databases: Sequence[DatabaseFacts]) -> Iterator[Finding]:
    """Where PostgreSQL refuses the text and takes what was read in it."""
    taken = any(isinstance(answer.typing.verdict, Typed) for answer in answers(sli_meant_key(subject.query), databases))
    refused = [
        answer.typing.verdict
        for answer in answers(sli_key(subject.query), databases)
        if isinstance(answer.typing.verdict, Rejected) and is_other_sql(answer.typing.verdict)
    ]
    if not taken or not refused or (any(verdict.sqlstate == _NO_FUNCTION for verdict in refused) and _is_free(subject)):
        return
    message, place = refused[0].message, subject.query.at(refused[0].offset)
    yield subject.finding(
        Rule.SLI_DIALECT,
        f"the query is written for another server than PostgreSQL: {message}",
        (Label(place, message),),
        "PostgreSQL refuses it as it stands; what else is said of it is said of what it means.",
    )


def _is_free(subject: Subject) -> bool:
    """With parameters of no known type, a function that is not found may be one of another type."""
    return bool(subject.query.parameters)
