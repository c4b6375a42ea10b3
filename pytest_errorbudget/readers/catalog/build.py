"""Catalogue rows as ``Schema`` values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_errorbudget.model.schema import Relation, RelationKind, RowSecurity
from pytest_errorbudget.readers.catalog.columns import Columns
from pytest_errorbudget.readers.catalog.constraints import Constraints
from pytest_errorbudget.readers.catalog.expressions import query_digest
from pytest_errorbudget.readers.catalog.grouping import Row, by_name, grouped
from pytest_errorbudget.readers.catalog.guards import Place, policy, trigger
from pytest_errorbudget.readers.catalog.indexes import Indexes
from pytest_errorbudget.readers.catalog.layouts import NO_COLUMNS, Layout
from pytest_errorbudget.readers.catalog.objects import Objects
from pytest_errorbudget.readers.catalog.types import Types

_KINDS: Mapping[str, RelationKind] = {
    "r": RelationKind.TABLE,
    "p": RelationKind.PARTITIONED_TABLE,
    "v": RelationKind.VIEW,
    "m": RelationKind.MATERIALIZED_VIEW,
    "f": RelationKind.FOREIGN_TABLE,
}
_VIEWS = frozenset({"v", "m"})
_NOT_NULL = "n"
_PLAIN = (False, False, None)
_OPEN = RowSecurity()
_AS_WRITTEN: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class CatalogueRows:
    """Rows as the ``.sql`` files of the same names give them, and the layouts made of those of ``sql/columns.sql``."""

    relations: Sequence[Row]
    layouts: Mapping[int, Layout]
    defaults: Sequence[Row]
    indexes: Sequence[Row]
    constraints: Sequence[Row]
    triggers: Sequence[Row]
    policies: Sequence[Row]
    relation_details: Sequence[Row]
    key_classes: Sequence[Row]


def build_relations(
    rows: CatalogueRows, types: Types, objects: Objects, neutral: Mapping[str, str]
) -> Mapping[int, Relation]:
    """A ``Relation`` by object id; those of equal content are one object."""
    builder = _Builder(rows, types, objects, neutral)
    return {row[0]: builder.relation(*row) for row in rows.relations}


class _Builder:
    """Rows by relation, and what was already built: equal values are one object, so that they compare by identity.

    A hundred tenants of one shape then cost little more than one, and what is alike in relations that differ is built
    once: it is found by what its row says and by the names of the columns whose numbers are in the row.
    """

    def __init__(self, rows: CatalogueRows, types: Types, objects: Objects, neutral: Mapping[str, str]) -> None:
        unproven = [(row[0], int(row[3].strip("{}"))) for row in rows.constraints if row[2] == _NOT_NULL]
        constraints = [row for row in rows.constraints if row[2] != _NOT_NULL] if unproven else rows.constraints
        self._objects = objects
        self._neutral = neutral
        self._own = {schema: {schema: name} for schema, name in neutral.items()}
        self._layouts = rows.layouts
        self._columns = Columns(rows.defaults, unproven, types, objects, neutral)
        self._indexes = Indexes(rows.indexes, rows.key_classes, objects)
        self._constraints = Constraints(constraints, objects)
        self._triggers = grouped(rows.triggers)
        self._policies = grouped(rows.policies)
        self._details = {row[0]: row[1:] for row in rows.relation_details}
        self._places: dict[tuple[Layout, str], Place] = {}
        self._names: dict[str, str] = {}
        self._known: dict[tuple[Any, ...], Relation] = {}

    def relation(self, oid: int, schema: str, name: str, kind: str, is_partition: bool) -> Relation:
        layout = self._layouts.get(oid, NO_COLUMNS)
        place = self._place(layout, schema)
        columns = self._columns.of(oid, layout, place, schema, stored=kind not in _VIEWS)
        indexes = self._indexes.of(oid, layout, place)
        constraints = self._constraints.of(oid, place)
        triggers = by_name([trigger(row, place) for row in self._triggers[oid]]) if oid in self._triggers else ()
        policies = by_name([policy(row, place) for row in self._policies[oid]]) if oid in self._policies else ()
        enabled, forced, query = self._details.get(oid, _PLAIN)
        digest = query and query_digest(query, self._objects, place.own)
        own = self._neutral.get(schema, schema)
        ids = (id(columns), id(indexes), id(constraints))
        key = (own, name, kind, is_partition, *ids, enabled, forced, triggers, policies, digest)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Relation(
                schema=own,
                name=self._names.setdefault(name, name),
                kind=RelationKind.PARTITION if is_partition else _KINDS[kind],
                columns=columns,
                indexes=indexes,
                constraints=constraints,
                triggers=triggers,
                policies=policies,
                row_security=RowSecurity(enabled=enabled, forced=forced) if enabled or forced else _OPEN,
                query=digest,
            )
        return known

    def _place(self, layout: Layout, schema: str) -> Place:
        key = (layout, schema)
        known = self._places.get(key)
        if known is None:
            own = self._own.get(schema, _AS_WRITTEN)
            known = self._places[key] = Place(objects=self._objects, columns=layout.names, own=own)
        return known
