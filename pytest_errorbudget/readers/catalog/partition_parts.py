"""A partition under the names of its table, so that partitions of one shape are equal and compare with the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, TypeVar

from pytest_errorbudget.model.schema import Column, Constraint, Index, Relation

Part = TypeVar("Part", bound=Index | Constraint)


class Parts:
    """What the indexes and constraints of partitions are called on the table that they are parts of; rows as
    ``sql/partition_parts.sql`` gives them."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._names: dict[tuple[str, int], str] = {}
        self._parents: dict[tuple[str, int], int] = {}
        self._ids: dict[tuple[str, int, str], int] = {}
        for relation, name, kind, oid, parent in rows:
            self._names[kind, oid] = name
            self._parents[kind, oid] = parent
            self._ids[kind, relation, name] = oid

    def named(self, partition: Relation, oid: int, table: Relation) -> Relation:
        """The partition as if it were the table: its name and kind, its order of columns, the names of its parts."""
        order = {column.name: place for place, column in enumerate(table.columns)}
        indexes = (replace(i, name=self._name("index", oid, i.name, partition, table)) for i in partition.indexes)
        constraints = (
            replace(c, name=self._name("constraint", oid, c.name, partition, table)) for c in partition.constraints
        )
        return replace(
            table,
            columns=tuple(sorted(partition.columns, key=lambda column: order.get(column.name, len(order)))),
            indexes=tuple(sorted(indexes, key=lambda index: index.name)),
            constraints=tuple(sorted(constraints, key=lambda constraint: constraint.name)),
        )

    def _name(self, kind: str, relation: int, name: str, partition: Relation, table: Relation) -> str:
        """Up to the table's own; a part that has no parent keeps its name, save for the partition's in front."""
        oid = self._ids[kind, relation, name]
        if not self._parents.get((kind, oid)):
            own = f"{partition.name}_"
            return f"{table.name}_{name.removeprefix(own)}" if name.startswith(own) else name
        while self._parents.get((kind, oid)):
            oid = self._parents[kind, oid]
        return self._names.get((kind, oid), name)


def merged(table: Relation, partitions: Sequence[Relation]) -> Relation:
    """Several partitions of one tenant as one: it differs from ``table`` in all in which one of them does."""
    if len(partitions) == 1:
        return partitions[0]
    return replace(
        table,
        columns=tuple(_column(column, partitions) for column in table.columns),
        indexes=_held(table.indexes, [p.indexes for p in partitions]),
        constraints=_held(table.constraints, [p.constraints for p in partitions]),
    )


def _column(column: Column, partitions: Sequence[Relation]) -> Column:
    found = (partition.column(column.name) for partition in partitions)
    return next((other for other in found if other is not None and other != column), column)


def _held(expected: Sequence[Part], found: Sequence[Sequence[Part]]) -> tuple[Part, ...]:
    """What all have of the expected ones, and what some have beyond them."""
    kept = tuple(part for part in expected if all(part in parts for parts in found))
    more = dict.fromkeys(part for parts in found for part in parts if part not in expected)
    return tuple(sorted((*kept, *more), key=attrgetter("name")))
