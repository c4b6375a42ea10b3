"""``sli-columns``: the query depends on which columns a tenant has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_errorbudget.checks.sli.subject import Subject
from pytest_errorbudget.model.facts import DatabaseFacts, sli_key
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.formats.wording import named
from pytest_errorbudget.model.item import sli_item
from pytest_errorbudget.model.query_typing import Rejected
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import SliQuery, UseKind


def star_findings(subject: Subject) -> Iterator[Finding]:
    stars = tuple(subject.uses(UseKind.STAR))
    if stars:
        yield subject.finding(
            Rule.SLI_COLUMNS,
            "the query returns every column",
            stars,
            "What it returns changes with every migration, and from tenant to tenant.",
        )


def failing_findings(query: SliQuery, databases: Sequence[DatabaseFacts]) -> Iterator[Finding]:
    """PostgreSQL's own refusals: of a tenant's schema, or of the newest migrations where there is no tenant."""
    for database in databases:
        refusals: dict[tuple[str, str], list[str]] = {}
        for shape in database.typings:
            verdict = next((each.verdict for each in shape.queries if each.query == sli_key(query)), None)
            if isinstance(verdict, Rejected):
                refusals.setdefault((verdict.sqlstate, verdict.message), []).extend(_tenants(database, shape.shape))
        for (_, message), tenants in sorted(refusals.items()):
            yield _refused(query, message, tuple(sorted(tenants)))


def _tenants(database: DatabaseFacts, shape: str | None) -> tuple[str, ...]:
    if shape is None or database.snapshot is None:
        return ()
    return tuple(state.tenant for state in database.snapshot.tenants if state.shape == shape)


def _refused(query: SliQuery, message: str, tenants: tuple[str, ...]) -> Finding:
    where = f"for {named(tenants, 'tenant')}" if tenants else "after the newest migration"
    item = sli_item(query.path)
    return Finding(
        rule=Rule.SLI_COLUMNS,
        severity=Rule.SLI_COLUMNS.severity,
        message=f"PostgreSQL refuses the query {where}: {message}",
        place=f"{query.path}::sli.{query.number}",
        affected=tuple(Affected(item, tenant) for tenant in tenants) or (Affected(item),),
        labels=(Label(query.span, message),),
        consequence="There is no SLI there: a dashboard shows no data, and an alert on it never fires.",
        help="bring the query and the schema together, or let the tenants have the migrations that they lack",
    )
