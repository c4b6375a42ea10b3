"""``sli-columns``: the query depends on which columns a tenant has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_errorbudget.checks.sli.answers import answers, whose
from pytest_errorbudget.checks.sli.dialect import is_other_sql
from pytest_errorbudget.checks.sli.subject import Subject, labels_of
from pytest_errorbudget.model.facts import DatabaseFacts, sli_key, sli_meant_key
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import sli_item
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import SliQuery, UseKind

# What a parameter of another type may mend: no function or operator, mismatch, indeterminate or ambiguous.
_OF_TYPES = frozenset({"42883", "42804", "42P18", "42P08", "42725", "42P38", "22P02", "22007"})


def star_findings(subject: Subject) -> Iterator[Finding]:
    stars = tuple(subject.uses(UseKind.STAR))
    if stars:
        yield subject.finding(
            Rule.SLI_COLUMNS,
            "the query returns every column",
            labels_of(stars),
            "What it returns changes with every migration, and from tenant to tenant.",
        )


def failing_findings(query: SliQuery, databases: Sequence[DatabaseFacts]) -> Iterator[Finding | Unchecked]:
    """PostgreSQL's own refusals: of a tenant's schema, or of the newest migrations where there is no tenant."""
    for database in databases:
        refusals: dict[Rejected, list[str]] = {}
        meant = [answer.typing.verdict for answer in answers(sli_meant_key(query), (database,))]
        for number, answer in enumerate(answers(sli_key(query), (database,))):
            verdict, typing = answer.typing.verdict, answer.typing
            if verdict is None:
                reason = typing.unchecked or "it was not prepared"
                yield Unchecked("sli query", query.place, reason, query.span, (sli_item(query.path),))
                continue
            other = meant[number] if number < len(meant) else None
            if isinstance(verdict, Rejected) and not isinstance(other, Typed):
                is_other = isinstance(other, Rejected) and is_other_sql(verdict)
                asked = replace(other, offset=None) if is_other and isinstance(other, Rejected) else verdict
                refusals.setdefault(asked, []).extend(answer.tenants)
        for refusal, tenants in sorted(refusals.items(), key=lambda one: (one[0].sqlstate, one[0].message)):
            if query.parameters and refusal.sqlstate in _OF_TYPES:
                reason = f"PostgreSQL cannot tell the types of its parameters: {refusal.message}"
                yield Unchecked("sli query", query.place, reason, query.at(refusal.offset))
            else:
                yield _refused(query, refusal, tuple(sorted(tenants)))


def _refused(query: SliQuery, refusal: Rejected, tenants: tuple[str, ...]) -> Finding:
    item, message = sli_item(query.path), refusal.message
    return Finding(
        rule=Rule.SLI_COLUMNS,
        severity=Rule.SLI_COLUMNS.severity,
        message=f"PostgreSQL refuses the query {whose(tenants)}: {message}",
        place=query.place,
        affected=tuple(Affected(item, tenant) for tenant in tenants) or (Affected(item),),
        labels=(Label(query.at(refusal.offset), message),),
        consequence="There is no SLI there: a dashboard shows no data, and an alert on it never fires.",
        help="bring the query and the schema together, or let the tenants have the migrations that they lack",
    )
