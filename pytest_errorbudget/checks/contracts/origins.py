"""The migration line behind a column."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.places import shown_column, shown_pg
from pytest_errorbudget.model.finding import Label, LabelKind
from pytest_errorbudget.model.query_typing import ColumnRef
from pytest_errorbudget.model.schema import Column, Schema


def column_of(schema: Schema | None, ref: ColumnRef | None) -> Column | None:
    if schema is None or ref is None:
        return None
    relation = schema.relation(ref.schema, ref.relation)
    return relation.column(ref.column) if relation is not None else None


def origin_labels(ref: ColumnRef | None, schema: Schema, migrated: Schema | None) -> tuple[Label, ...]:
    """Where the column got the type it has in ``schema``, or where the migrations give it another one."""
    here, there = column_of(schema, ref), column_of(migrated, ref)
    if ref is None or here is None:
        return ()
    name = shown_column(ref)
    if here.origin is not None:
        return (Label(here.origin, f"`{name}` is `{shown_pg(here.type)}` since here", LabelKind.CONTEXT),)
    if there is None or there.origin is None:
        return ()
    if there.type == here.type:
        return (Label(there.origin, f"`{name}` is `{shown_pg(there.type)}` since here", LabelKind.CONTEXT),)
    text = f"the migrations make `{name}` `{shown_pg(there.type)}` here; in this schema it is `{shown_pg(here.type)}`"
    return (Label(there.origin, text, LabelKind.CONTEXT),)
