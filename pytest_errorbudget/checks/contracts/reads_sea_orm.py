"""Reads of sea-orm: ``FromQueryResult`` over a statement, and an entity's ``Model`` over its table.

Source: sea-orm-macros ``derives/from_query_result.rs`` (by name; ``alias``, ``skip``, ``nested``) and
``derives/entity_model.rs`` (``table_name``, ``schema_name``, ``column_name``, ``ignore``, ``select_as``).
"""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.libraries.own_types import derives, value_of
from pytest_errorbudget.checks.contracts.places import field_place
from pytest_errorbudget.checks.contracts.reads import Read, Reads, last_named
from pytest_errorbudget.checks.contracts.view import reference
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import ColumnRef, OutputColumn, Typed
from pytest_errorbudget.model.rust import Field, Struct
from pytest_errorbudget.model.rust_queries import Library, Query
from pytest_errorbudget.model.schema import Column, Relation, RelationKind, Schema

_VIEWS = frozenset({RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW})
_RELATIONS = frozenset({"HasOne", "HasMany", "BelongsTo"})


def reads_of_result(query: Query, typed: Typed, struct: Struct) -> Reads:
    """Every field of a struct that a statement fills."""
    if not derives(struct, "FromQueryResult", "DeriveModel", "DeriveEntityModel"):
        place = f"{struct.span.path}::{struct.name}"
        yield Unchecked("row", place, "`FromQueryResult` is not derived: the fields are read by hand", struct.span)
        return
    for field in struct.fields:
        if _skipped(field):
            continue
        if value_of(field.attributes, "sea_orm", "nested") is not None:
            place = field_place(reference(struct), field.name)
            yield Unchecked("row", place, "a nested struct is read under a prefix", field.span)
            continue
        yield Read(
            library=Library.SEA_ORM,
            crate=query.crate,
            asked=field.column,
            target=field.type,
            column=last_named(typed, field.column),
            query=query,
            owner=struct,
            outer=struct,
            field=field,
        )


def is_entity(struct: Struct) -> bool:
    """``DeriveModel`` has its entity, and so its table, beside it: the reader gives it the ``table_name``."""
    return derives(struct, "DeriveEntityModel", "DeriveModel") and table_of(struct) is not None


def table_of(struct: Struct) -> str | None:
    return value_of(struct.attributes, "sea_orm", "table_name")


def relation_of(struct: Struct, schema: Schema) -> Relation | None:
    """The entity's table: in the schema that it names, else in the migrations' own, else the only one of its name."""
    name, named = table_of(struct), value_of(struct.attributes, "sea_orm", "schema_name")
    found = [relation for relation in schema.relations if relation.name == name]
    for wanted in (named, "public") if named else ("public",):
        for relation in found:
            if relation.schema == wanted:
                return relation
    return found[0] if len(found) == 1 else None


def entity_reads(struct: Struct, relation: Relation) -> Reads:
    """Every field of an entity's ``Model``, over the columns of its table."""
    for field in struct.fields:
        if _skipped(field) or field.type.path in _RELATIONS:
            continue
        if value_of(field.attributes, "sea_orm", "select_as") is not None:
            place = field_place(reference(struct), field.name)
            yield Unchecked("row-type", place, "`select_as` casts the column", field.span)
            continue
        column = relation.column(field.column)
        yield Read(
            library=Library.SEA_ORM,
            crate=struct.crate,
            asked=field.column,
            target=field.type,
            column=_selected(relation, column) if column is not None else None,
            owner=struct,
            outer=struct,
            field=field,
        )


def _skipped(field: Field) -> bool:
    return any(value_of(field.attributes, "sea_orm", word) is not None for word in ("ignore", "skip"))


def _selected(relation: Relation, column: Column) -> OutputColumn:
    """The column as a query for it gives it: a domain as its base."""
    ref = ColumnRef(relation.schema, relation.name, column.name)
    nullable = None if relation.kind in _VIEWS else not column.not_null
    return OutputColumn(name=column.name, type=column.base or column.type, nullable=nullable, origin=ref, source=ref)
