"""Catalogue rows as ``Schema`` values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_errorbudget.model.schema import (
    Column,
    Constraint,
    ConstraintKind,
    Generated,
    Identity,
    Index,
    Policy,
    Reference,
    Relation,
    RelationKind,
    RowSecurity,
    Trigger,
)
from pytest_errorbudget.readers.catalog.expressions import query_digest, rendered, rendered_list
from pytest_errorbudget.readers.catalog.guards import Place, policy, trigger
from pytest_errorbudget.readers.catalog.keys import KeyOptions
from pytest_errorbudget.readers.catalog.objects import Objects
from pytest_errorbudget.readers.catalog.types import ResolvedType, Types

Row = tuple[Any, ...]

_KINDS: Mapping[str, RelationKind] = {
    "r": RelationKind.TABLE,
    "p": RelationKind.PARTITIONED_TABLE,
    "v": RelationKind.VIEW,
    "m": RelationKind.MATERIALIZED_VIEW,
    "f": RelationKind.FOREIGN_TABLE,
}
_CONSTRAINTS: Mapping[str, ConstraintKind] = {
    "p": ConstraintKind.PRIMARY_KEY,
    "u": ConstraintKind.UNIQUE,
    "f": ConstraintKind.FOREIGN_KEY,
    "c": ConstraintKind.CHECK,
    "x": ConstraintKind.EXCLUDE,
}
_IDENTITY: Mapping[str, Identity] = {"a": Identity.ALWAYS, "d": Identity.BY_DEFAULT}
_GENERATED: Mapping[str, Generated] = {"s": Generated.STORED, "v": Generated.VIRTUAL}
_PLAIN = (False, False, None)
_NO_COLUMNS: Mapping[int, str] = {}
_AS_WRITTEN: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRows:
    """Rows as the ``.sql`` files of the same names give them."""

    relations: Sequence[Row]
    columns: Sequence[Row]
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


def _grouped(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    groups: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row)
    return groups


def _by_name(named: Index | Constraint | Trigger | Policy) -> str:
    return named.name


class _Builder:
    """Rows by relation, and what was already built: equal values are one object, so that they compare by identity.

    A hundred tenants of one shape then cost little more than one.
    """

    def __init__(self, rows: CatalogueRows, types: Types, objects: Objects, neutral: Mapping[str, str]) -> None:
        self._types = types
        self._objects = objects
        self._neutral = neutral
        self._own = {schema: {schema: name} for schema, name in neutral.items()}
        self._columns = _grouped(rows.columns)
        self._indexes = _grouped(rows.indexes)
        self._constraints = _grouped(rows.constraints)
        self._triggers = _grouped(rows.triggers)
        self._policies = _grouped(rows.policies)
        self._details = {row[0]: row[1:] for row in rows.relation_details}
        self._options = KeyOptions(rows.key_classes, objects)
        self._resolved: dict[tuple[int, int, bool], ResolvedType] = {}
        self._same_types: dict[ResolvedType, ResolvedType] = {}
        self._known: dict[tuple[Any, ...], Column] = {}
        self._plain: dict[tuple[str, bool, Row], Column] = {}  # without an expression, by what their rows say
        self._relations: dict[tuple[Any, ...], Relation] = {}
        self._known_indexes: dict[tuple[Any, ...], Index] = {}
        self._known_constraints: dict[tuple[Any, ...], Constraint] = {}
        self._expressions: dict[tuple[str, str], str] = {}

    def relation(self, oid: int, schema: str, name: str, kind: str, is_partition: bool) -> Relation:
        place = Place(objects=self._objects, columns=self._numbers(oid), own=self._own.get(schema, _AS_WRITTEN))
        stored = kind not in {"v", "m"}  # a domain keeps NULLs out of tables only: a view may have an outer join
        columns = tuple([self._column(row, place, schema, stored) for row in self._columns.get(oid, ())])
        indexes = sorted([self._index(row, place) for row in self._indexes.get(oid, ())], key=_by_name)
        constraints = sorted([self._constraint(row, place) for row in self._constraints.get(oid, ())], key=_by_name)
        triggers = sorted([trigger(row, place) for row in self._triggers.get(oid, ())], key=_by_name)
        policies = sorted([policy(row, place) for row in self._policies.get(oid, ())], key=_by_name)
        enabled, forced, query = self._details.get(oid, _PLAIN)
        own = self._neutral.get(schema, schema)
        guards = (enabled, forced, *triggers, *policies, query and query_digest(query, self._objects, place.own))
        key = (own, name, kind, is_partition, guards, *map(id, (*columns, None, *indexes, None, *constraints)))
        known = self._relations.get(key)
        if known is None:
            known = self._relations[key] = Relation(
                schema=own,
                name=name,
                kind=RelationKind.PARTITION if is_partition else _KINDS[kind],
                columns=columns,
                indexes=tuple(indexes),
                constraints=tuple(constraints),
                triggers=tuple(triggers),
                policies=tuple(policies),
                row_security=RowSecurity(enabled=enabled, forced=forced),
                query=guards[-1],
            )
        return known

    def _numbers(self, oid: int) -> Mapping[int, str]:
        return self._objects.columns.get(oid, _NO_COLUMNS)

    def _column(self, row: Row, place: Place, schema: str, stored: bool) -> Column:
        if row[8] is not None:
            return self._new_column(row, place, schema, stored)
        key = (schema, stored, row[2:8])
        known = self._plain.get(key)
        if known is None:
            known = self._plain[key] = self._new_column(row, place, schema, stored)
        return known

    def _new_column(self, row: Row, place: Place, schema: str, stored: bool) -> Column:
        _, _, name, type_oid, typmod, not_null, identity, generated, expression, _ = row
        resolved = self._type(type_oid, typmod, schema)
        default = generation = None
        if expression is not None and generated:
            generation = rendered(expression, self._objects, place.columns, place.own)
        elif expression is not None:
            default = self._default(expression, schema, place)
        not_null = not_null or (stored and resolved.not_null)
        key = (name, id(resolved), not_null, identity, generated, default, generation)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Column(
                name=name,
                type=resolved.type,
                not_null=not_null,
                has_default=default is not None,
                default=default,
                base=resolved.base,
                identity=_IDENTITY.get(identity),
                generated=_GENERATED.get(generated),
                generation=generation,
            )
        return known

    def _type(self, oid: int, typmod: int, schema: str) -> ResolvedType:
        """One that another tenant's schema holds keeps the name of that schema."""
        home = self._types.home(oid)
        elsewhere = home != schema and home in self._neutral
        key = (oid, typmod, elsewhere)
        if key not in self._resolved:
            types = self._types.as_written if elsewhere else self._types
            resolved = types.resolved(oid, typmod)
            self._resolved[key] = self._same_types.setdefault(resolved, resolved)
        return self._resolved[key]

    def _default(self, text: str, schema: str, place: Place) -> str:
        """Defaults name no columns, so a text means the same in every table of a schema."""
        key = (text, schema)
        if key not in self._expressions:
            self._expressions[key] = rendered(text, self._objects, place.columns, place.own)
        return self._expressions[key]

    def _index(self, row: Row, place: Place) -> Index:
        _, name, keys, count, unique, primary, valid, expressions, predicate, method, nulls_equal, *options = row
        texts = iter(rendered_list(expressions, self._objects, place.columns, place.own) if expressions else ())
        columns = tuple(place.columns[key] if key else next(texts) for key in keys[:count])
        include = tuple(place.columns[key] for key in keys[count:])
        where = None if predicate is None else rendered(predicate, self._objects, place.columns, place.own)
        told = self._options.told(row[0], keys[:count], *options)
        key = (name, columns, unique, primary, valid, method, include, where, told, nulls_equal)
        known = self._known_indexes.get(key)
        if known is None:
            known = self._known_indexes[key] = Index(
                name=name,
                columns=columns,
                unique=unique,
                primary=primary,
                partial=where is not None,
                valid=valid,
                method=method,
                predicate=where,
                options=told,
                include=include,
                nulls_equal=nulls_equal,
            )
        return known

    def _constraint(self, row: Row, place: Place) -> Constraint:
        _, name, kind, keys, target, target_keys, validated, target_schema, target_name, expression = row
        reference = None
        if target and target_name is not None:
            far = self._numbers(target)
            reference = Reference(
                schema=place.own.get(target_schema, target_schema),
                relation=target_name,
                columns=tuple(far.get(key, f"#{key}") for key in target_keys or ()),
            )
        columns = tuple([place.columns.get(key, f"#{key}") for key in keys or ()])
        test = None if expression is None else rendered(expression, self._objects, place.columns, place.own)
        identity = (name, kind, columns, reference, validated, test)
        known = self._known_constraints.get(identity)
        if known is None:
            known = self._known_constraints[identity] = Constraint(
                name=name,
                kind=_CONSTRAINTS[kind],
                columns=columns,
                references=reference,
                validated=validated,
                expression=test,
            )
        return known
