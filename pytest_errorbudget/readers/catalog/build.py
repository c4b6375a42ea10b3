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
    Domain,
    EnumType,
    Generated,
    Identity,
    Index,
    Reference,
    Relation,
    RelationKind,
    Schema,
)
from pytest_errorbudget.readers.catalog.expressions import Objects, rendered, rendered_list
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRows:
    """Rows as the ``.sql`` files of the same names give them."""

    relations: Sequence[Row]
    columns: Sequence[Row]
    indexes: Sequence[Row]
    constraints: Sequence[Row]
    far_columns: Sequence[Row]


def build_relations(
    rows: CatalogueRows, types: Types, objects: Objects, neutral: Mapping[str, str]
) -> Mapping[int, Relation]:
    """A ``Relation`` by object id; those of equal content are one object."""
    builder = _Builder(rows, types, objects, neutral)
    return {row[0]: builder.relation(*row) for row in rows.relations}


def assembled(
    members: Mapping[str, Sequence[Relation]], types: Types, enums: Sequence[Row], neutral: Mapping[str, str]
) -> Mapping[str, Schema]:
    """A ``Schema`` per schema. Equal ones become one object, so that equal tenants cost little."""
    own_enums, own_domains = _enums(enums, neutral), _domains(types, neutral)
    known: dict[tuple[Any, ...], Schema] = {}
    result = {}
    for schema, relations in members.items():
        found = sorted(relations, key=lambda r: r.name)
        parts = (tuple(own_enums.get(schema, ())), tuple(own_domains.get(schema, ())))
        key = (tuple(map(id, found)), *parts)  # equal relations are one object
        if key not in known:
            known[key] = Schema(relations=tuple(found), enums=parts[0], domains=parts[1])
        result[schema] = known[key]
    return result


def _enums(rows: Sequence[Row], neutral: Mapping[str, str]) -> Mapping[str, list[EnumType]]:
    labels: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for _, _, label, name, schema in rows:
        labels[schema, name] += [] if label is None else [label]
    found: defaultdict[str, list[EnumType]] = defaultdict(list)
    for (schema, name), values in sorted(labels.items()):
        found[schema].append(EnumType(schema=neutral.get(schema, schema), name=name, labels=tuple(values)))
    return found


def _domains(types: Types, neutral: Mapping[str, str]) -> Mapping[str, list[Domain]]:
    found: defaultdict[str, list[Domain]] = defaultdict(list)
    for row in sorted(types.domains(), key=lambda row: (row.schema, row.name)):
        resolved = types.resolved(row.oid, -1)
        found[row.schema].append(
            Domain(
                schema=neutral.get(row.schema, row.schema),
                name=row.name,
                base=resolved.base or resolved.type,
                not_null=resolved.not_null,
            )
        )
    return found


def _grouped(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    groups: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row)
    return groups


def _by_name(named: Index | Constraint) -> str:
    return named.name


class _Builder:
    """Rows by relation, and what was already built: equal values are one object, so that they compare by identity.

    A hundred tenants of one shape then cost little more than one.
    """

    def __init__(self, rows: CatalogueRows, types: Types, objects: Objects, neutral: Mapping[str, str]) -> None:
        self._rows = rows
        self._types = types
        self._objects = objects
        self._neutral = neutral
        self._columns = _grouped(rows.columns)
        self._indexes = _grouped(rows.indexes)
        self._constraints = _grouped(rows.constraints)
        self._far = _grouped(rows.far_columns)
        self._resolved: dict[tuple[int, int], ResolvedType] = {}
        self._same_types: dict[ResolvedType, ResolvedType] = {}
        self._known: dict[tuple[Any, ...], Column] = {}
        self._relations: dict[tuple[Any, ...], Relation] = {}
        self._known_indexes: dict[tuple[Any, ...], Index] = {}
        self._known_constraints: dict[tuple[Any, ...], Constraint] = {}
        self._expressions: dict[str, str] = {}

    def relation(self, oid: int, schema: str, name: str, kind: str, is_partition: bool) -> Relation:
        numbers = self._numbers(oid)
        stored = kind not in {"v", "m"}  # a domain keeps NULLs out of tables only: a view may have an outer join
        columns = tuple([self._column(row, numbers, stored) for row in self._columns.get(oid, ())])
        indexes = sorted([self._index(row, numbers) for row in self._indexes.get(oid, ())], key=_by_name)
        constraints = sorted([self._constraint(row, numbers) for row in self._constraints.get(oid, ())], key=_by_name)
        own = self._neutral.get(schema, schema)
        key = (own, name, kind, is_partition, *map(id, (*columns, None, *indexes, None, *constraints)))
        known = self._relations.get(key)
        if known is None:
            known = self._relations[key] = Relation(
                schema=own,
                name=name,
                kind=RelationKind.PARTITION if is_partition else _KINDS[kind],
                columns=columns,
                indexes=tuple(indexes),
                constraints=tuple(constraints),
            )
        return known

    def _numbers(self, oid: int) -> Mapping[int, str]:
        return {row[1]: row[2] for row in self._columns.get(oid, []) or self._far.get(oid, [])}

    def _column(self, row: Row, numbers: Mapping[int, str], stored: bool) -> Column:
        _, _, name, type_oid, typmod, not_null, identity, generated, expression = row
        resolved = self._type(type_oid, typmod)
        default = None
        if expression is not None and not generated:
            default = self._expression(expression, numbers)
        not_null = not_null or (stored and resolved.not_null)
        key = (name, id(resolved), not_null, identity, generated, default)
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
            )
        return known

    def _type(self, oid: int, typmod: int) -> ResolvedType:
        key = (oid, typmod)
        if key not in self._resolved:
            resolved = self._types.resolved(oid, typmod)
            self._resolved[key] = self._same_types.setdefault(resolved, resolved)
        return self._resolved[key]

    def _expression(self, text: str, numbers: Mapping[int, str]) -> str:
        """Defaults name no columns, so a text means the same in every table."""
        if text not in self._expressions:
            self._expressions[text] = rendered(text, self._objects, numbers)
        return self._expressions[text]

    def _index(self, row: Row, numbers: Mapping[int, str]) -> Index:
        _, name, keys, key_count, unique, primary, valid, expressions, partial, method = row
        texts = iter(rendered_list(expressions, self._objects, numbers) if expressions else ())
        columns = tuple(numbers[key] if key else next(texts) for key in keys[:key_count])
        key = (name, columns, unique, primary, partial, valid, method)
        known = self._known_indexes.get(key)
        if known is None:
            known = self._known_indexes[key] = Index(
                name=name, columns=columns, unique=unique, primary=primary, partial=partial, valid=valid, method=method
            )
        return known

    def _constraint(self, row: Row, numbers: Mapping[int, str]) -> Constraint:
        _, name, kind, keys, target, target_keys, validated, target_schema, target_name = row
        reference = None
        if target and target_name is not None:
            far = self._numbers(target)
            reference = Reference(
                schema=self._neutral.get(target_schema, target_schema),
                relation=target_name,
                columns=tuple(far.get(key, f"#{key}") for key in target_keys or ()),
            )
        columns = tuple([numbers.get(key, f"#{key}") for key in keys or ()])
        identity = (name, kind, columns, reference, validated)
        known = self._known_constraints.get(identity)
        if known is None:
            known = self._known_constraints[identity] = Constraint(
                name=name, kind=_CONSTRAINTS[kind], columns=columns, references=reference, validated=validated
            )
        return known
