"""A query with what is known of the table that it reads, and the query that would answer the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import sli_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column, Relation, Schema
from pytest_errorbudget.model.settings import Database, EventSource
from pytest_errorbudget.model.sli_query import SliQuery, Use, UseKind
from pytest_errorbudget.model.tenant import InPartition


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """``relation`` is ``None`` where no schema that was read has the table."""

    query: SliQuery
    relation: Relation | None
    sources: tuple[EventSource, ...]
    key: str | None

    def uses(self, *kinds: UseKind) -> Iterator[Use]:
        return (use for use in self.query.uses if use.kind in kinds)

    def column(self, name: str) -> Column | None:
        return None if self.relation is None else self.relation.column(name)

    @property
    def tenant_column(self) -> str | None:
        """The column that says whose an event is: the tenant key, else what the event sources call it."""
        names = dict.fromkeys((*((self.key,) if self.key else ()), *(source.columns.tenant for source in self.sources)))
        known = [name for name in names if self.relation is None or self.relation.column(name) is not None]
        return known[0] if known else None

    @property
    def proposal(self) -> str:
        """The question as a query of windows, events and fixed moments."""
        columns = self.sources[0].columns if self.sources else None
        event = "event_id" if columns is None else columns.id
        time = self.query.time or ("occurred_at" if columns is None else columns.time)
        tenant = self.tenant_column
        whose = f"{tenant}, " if tenant is not None else ""
        mine = f"{tenant} = $1 and " if tenant is not None else ""
        first = 2 if tenant is not None else 1
        table = self.query.relation or "events"
        name = table if self.query.schema is None else f"{self.query.schema}.{table}"
        return (
            f"ask for fixed moments, whole windows and distinct events: `select {whose}date_bin('5 minutes', {time}, "
            f"timestamptz '1970-01-01 00:00:00Z') as window_start, count(distinct {event}) from {name} where {mine}"
            f"{time} >= ${first}::timestamptz and {time} < ${first + 1}::timestamptz group by {2 if whose else 1}"
            f"{', 1' if whose else ''}`"
        )

    def finding(self, rule: Rule, message: str, uses: tuple[Use, ...], consequence: str) -> Finding:
        """One finding for all places of one kind in the query."""
        labels = tuple(Label(use.span, f"`{use.text}`") for use in uses)
        return Finding(
            rule=rule,
            severity=rule.severity,
            message=message,
            place=f"{self.query.path}::sli.{self.query.number}",
            affected=(Affected(sli_item(self.query.path)),),
            labels=labels or (Label(self.query.span, "this query"),),
            consequence=consequence,
            help=self.proposal,
        )


def texts(uses: tuple[Use, ...]) -> str:
    """The places as SQL, each once."""
    return ", ".join(dict.fromkeys(f"`{use.text}`" for use in uses))


def subject_of(
    query: SliQuery, schemas: tuple[Schema, ...], sources: tuple[EventSource, ...], databases: tuple[Database, ...]
) -> Subject:
    keys = [
        tenant.layout.key
        for database in databases
        for tenant in database.tenants
        if isinstance(tenant.layout, InPartition)
    ]
    return Subject(query=query, relation=_relation(query, schemas), sources=sources, key=keys[0] if keys else None)


def _relation(query: SliQuery, schemas: tuple[Schema, ...]) -> Relation | None:
    found = (
        relation
        for schema in schemas
        for relation in schema.relations
        if relation.name == query.relation and query.schema in {None, relation.schema}
    )
    return next(found, None)
