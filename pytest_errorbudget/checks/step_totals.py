"""What the steps of a run count."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.facts import DatabaseFacts, Facts
from pytest_errorbudget.model.schema import RelationKind, Schema
from pytest_errorbudget.model.settings import Settings

_TABLES = frozenset(
    {RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.PARTITION, RelationKind.FOREIGN_TABLE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaTotals:
    """Tables (with partitions and foreign tables), their columns, and all indices, over every tenant partition; of
    the replayed migrations where no database was read. ``present`` are the tenants that were found."""

    tables: int
    columns: int
    indices: int
    shapes: int
    migrations: int
    replayed: bool
    present: frozenset[str]


def schema_totals(facts: Facts) -> SchemaTotals:
    sizes = [size for database in facts.databases for size in _sizes(database)]
    snapshots = [database.snapshot for database in facts.databases if database.snapshot]
    return SchemaTotals(
        tables=sum(size[0] for size in sizes),
        columns=sum(size[1] for size in sizes),
        indices=sum(size[2] for size in sizes),
        shapes=sum(len(snapshot.shapes) for snapshot in snapshots),
        migrations=sum(len(each.migrations.files) for database in facts.databases for each in database.sets),
        replayed=any(database.replay is not None or database.static is not None for database in facts.databases),
        present=frozenset(state.tenant for s in snapshots for state in s.tenants if state.shape is not None),
    )


def _sizes(database: DatabaseFacts) -> tuple[tuple[int, int, int], ...]:
    if database.snapshot is not None:
        by_shape = {shape.digest: _size(shape.schema) for shape in database.snapshot.shapes}
        return tuple(by_shape[state.shape] for state in database.snapshot.tenants if state.shape is not None)
    if database.replay is not None:
        return (_size(database.replay.newest),)
    return (_size(database.static.schema),) if database.static is not None else ()


def _size(schema: Schema) -> tuple[int, int, int]:
    tables = [relation for relation in schema.relations if relation.kind in _TABLES]
    columns = sum(len(table.columns) for table in tables)
    return len(tables), columns, sum(len(relation.indexes) for relation in schema.relations)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTotals:
    """``rows`` are the distinct structs that queries are read into; ``unchecked`` what was seen and not checked."""

    crates: int
    services: int
    files: int
    ffi: int
    rows: int
    queries: int
    handlers: int
    unchecked: int


def contract_totals(facts: Facts) -> ContractTotals:
    contracts = facts.contracts
    return ContractTotals(
        crates=len(contracts.crates),
        services=sum(crate.service for crate in contracts.crates),
        files=sum(len(crate.files) for crate in contracts.crates),
        ffi=len(contracts.ffi),
        rows=len({query.target for query in contracts.queries if query.target is not None}),
        queries=len(contracts.queries),
        handlers=len(contracts.handlers),
        unchecked=len(facts.unchecked),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTotals:
    """``rows`` is what was read, ``events`` are the distinct ones that counted. The rows that are in neither ``events``
    nor ``duplicates`` are those ``without_id``, ``without_time``, of an ``unknown_tenant``, and ``after_as_of``.
    ``race_conditions`` is the number of windows whose count changed in the recount that changed most."""

    rows: int
    events: int
    duplicates: int
    disagreeing: int
    without_id: int
    without_time: int
    unknown_tenant: int
    after_as_of: int
    windows: int
    cohorts: int
    race_conditions: int


def event_totals(counts: Counts, settings: Settings) -> EventTotals:
    tenants = {series.tenant for series in counts.series}
    return EventTotals(
        rows=sum(total.rows for total in counts.totals),
        events=sum(total.events for total in counts.totals),
        duplicates=sum(total.duplicates for total in counts.totals),
        disagreeing=sum(total.disagreeing for total in counts.totals),
        without_id=sum(total.without_id for total in counts.totals),
        without_time=sum(total.without_time for total in counts.totals),
        unknown_tenant=sum(total.unknown_tenant for total in counts.totals),
        after_as_of=sum(total.after_as_of for total in counts.totals),
        windows=counts.windows,
        cohorts=sum(not tenants.isdisjoint(cohort.tenants) for cohort in settings.cohorts),
        race_conditions=counts.race_conditions,
    )
