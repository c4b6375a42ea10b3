"""A query with what is known of the table that it reads, and the query that would answer the same in every run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import sli_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column, Relation, RelationKind, Schema
from pytest_errorbudget.model.settings import EventSource, Settings
from pytest_errorbudget.model.sli_query import SliGround, SliQuery, SliSelect, TableName, Use, UseKind
from pytest_errorbudget.model.tenant import InPartition

_MOMENTS = frozenset({"timestamptz", "timestamp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """``relation`` is the table of events: of those that the query reads, the first that has most of what an event
    has. ``None`` where no schema that was read has any of them. ``window_s`` is the width of the settings' windows."""

    query: SliQuery
    relation: Relation | None
    sources: tuple[EventSource, ...]
    key: str | None
    window_s: int = 300

    def uses(self, *kinds: UseKind) -> Iterator[Use]:
        return (use for use in self.query.uses if use.kind in kinds)

    def column(self, name: str) -> Column | None:
        return None if self.relation is None else self.relation.column(name)

    def is_moment(self, use: Use) -> bool:
        """Whether the place is about a column that is known to hold moments."""
        columns = [self.column(name) for name in use.columns]
        return any(column is not None and column.type.name in _MOMENTS for column in columns)

    @property
    def selects(self) -> tuple[SliSelect, ...]:
        """Those that read the table of events; all where no table is known."""
        names = [select for select in self.query.selects if any(self._is_it(table) for table in select.tables)]
        return tuple(names) if self.relation is not None else self.query.selects

    def _is_it(self, table: TableName) -> bool:
        return self.relation is not None and _names(table, self.relation)

    @property
    def tenant_column(self) -> str | None:
        """The column that says whose an event is: the tenant key, else what the event sources call it."""
        names = dict.fromkeys((*((self.key,) if self.key else ()), *(source.columns.tenant for source in self.sources)))
        return self._first(tuple(names))

    @property
    def event_column(self) -> str | None:
        """The column that an event's copies share."""
        return self._first(tuple(source.columns.id for source in self.sources))

    @property
    def replica_column(self) -> str | None:
        """The column that says which replica a copy came from."""
        names = tuple(source.columns.replica for source in self.sources if source.columns.replica is not None)
        return self._first(names)

    @property
    def time_column(self) -> str | None:
        return self.query.time or self._first(tuple(source.columns.time for source in self.sources))

    def _first(self, names: Sequence[str]) -> str | None:
        """The first that the table has; the first of all where the table is not known."""
        return next((name for name in names if self.relation is None or self.relation.column(name) is not None), None)

    @property
    def ground(self) -> SliGround:
        """What rewriting the query needs."""
        relation = self.relation
        return SliGround(
            relation=None if relation is None else TableName(relation.schema, relation.name),
            columns=() if relation is None else tuple((column.name, column.type.name) for column in relation.columns),
            is_partitioned=relation is not None and relation.kind is RelationKind.PARTITIONED_TABLE,
            event=self.event_column if self.replica_column is not None else None,
            tenant=None if self.is_secured else self.tenant_column,
            time=self.time_column,
            window_s=self.window_s,
        )

    @property
    def is_secured(self) -> bool:
        """Whether policies of the table choose the rows of a tenant."""
        relation = self.relation
        return relation is not None and relation.row_security.enabled and bool(relation.policies)

    @property
    def help(self) -> str:
        """The query itself, rewritten; where it cannot be, the question as one of windows, events and moments."""
        if self.query.proposal is not None:
            return f"ask for fixed moments and distinct events: `{self.query.proposal.shown}`"
        return f"ask for fixed moments, whole windows and distinct events, as in `{self._example}`"

    @property
    def _example(self) -> str:
        columns = self.sources[0].columns if self.sources else None
        event = self.event_column or ("event_id" if columns is None else columns.id)
        time = self.time_column or "occurred_at"
        tenant = self.tenant_column
        whose = f"{tenant}, " if tenant is not None else ""
        mine = f"{tenant} = $1 and " if tenant is not None else ""
        first = 2 if tenant is not None else 1
        return (
            f"select {whose}date_bin('{self.window_s // 60} minutes', {time}, "
            f"timestamptz '1970-01-01 00:00:00Z') as window_start, count(distinct {event}) from {self._table} where "
            f"{mine}{time} >= ${first}::timestamptz and {time} < ${first + 1}::timestamptz group by {2 if whose else 1}"
            f"{', 1' if whose else ''}"
        )

    @property
    def _table(self) -> str:
        tables = self.query.tables
        table = next((one for one in tables if self._is_it(one)), next(iter(tables), None))
        if table is None:
            return "events"
        return table.name if table.schema is None else f"{table.schema}.{table.name}"

    def finding(self, rule: Rule, message: str, labels: tuple[Label, ...], consequence: str) -> Finding:
        """One finding for all places of one kind in the query."""
        return Finding(
            rule=rule,
            severity=rule.severity,
            message=message,
            place=self.query.place,
            affected=(Affected(sli_item(self.query.path)),),
            labels=labels or (Label(self.query.span, "this query"),),
            consequence=consequence,
            help=self.help,
        )


def labels_of(uses: tuple[Use, ...]) -> tuple[Label, ...]:
    return tuple(Label(use.span, f"`{use.text}`") for use in uses)


def texts(uses: tuple[Use, ...]) -> str:
    """The places as SQL, each once."""
    return ", ".join(dict.fromkeys(f"`{use.text}`" for use in uses))


def subject_of(query: SliQuery, schemas: tuple[Schema, ...], settings: Settings) -> Subject:
    keys = [tenant.layout.key for tenant in settings.tenants if isinstance(tenant.layout, InPartition)]
    key = keys[0] if keys else None
    return Subject(
        query=query,
        relation=_relation(query, schemas, settings.events, key),
        sources=settings.events,
        key=key,
        window_s=max(60, settings.window_us // 1_000_000),
    )


def _relation(
    query: SliQuery, schemas: tuple[Schema, ...], sources: tuple[EventSource, ...], key: str | None
) -> Relation | None:
    """By how many of an event's columns it has; of equals the first that the query names."""
    wanted = {name for source in sources for name in (source.columns.id, source.columns.tenant, source.columns.time)}
    wanted |= {name for name in (key, query.time) if name is not None}
    found = [relation for table in query.tables if (relation := _in(table, schemas)) is not None]
    return max(found, key=lambda one: sum(column.name in wanted for column in one.columns), default=None)


def _in(table: TableName, schemas: tuple[Schema, ...]) -> Relation | None:
    relations = (relation for schema in schemas for relation in schema.relations)
    return next((relation for relation in relations if _names(table, relation)), None)


def _names(table: TableName, relation: Relation) -> bool:
    return relation.name == table.name and table.schema in {None, relation.schema}
