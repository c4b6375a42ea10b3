"""``insert-incomplete``: an INSERT leaves out a column that must have a value and that nothing fills."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.origins import origin_labels
from pytest_errorbudget.checks.contracts.places import query_place, query_span, shown_column
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import query_subject
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.finding import Label
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import ColumnRef, Typed, Write, Writing
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust_queries import Query
from pytest_errorbudget.model.schema import Column, Firing, Relation, RelationKind

_STORED = frozenset({RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.PARTITION})
_BEFORE_INSERT = re.compile(r"\bbefore\b[\w\s,]*?\binsert\b", re.IGNORECASE)
_TRIGGER = re.compile(r"\btrigger\b", re.IGNORECASE)


def insert_incomplete(query: Query, typed: Typed, shape: TenantShape, view: View) -> Iterator[Draft | Unchecked]:
    for write in typed.writes:
        relation = shape.schema.relation(write.schema, write.relation)
        if write.kind is not Writing.INSERT or relation is None or relation.kind not in _STORED:
            continue
        left_out = tuple(column for column in relation.columns if _must_be_given(column, write))
        if not left_out:
            continue
        reason = _may_be_filled(relation, left_out, view)
        if reason is not None:
            yield Unchecked("insert-incomplete", query_place(query), reason, query.span)
        else:
            yield _draft(query, relation, left_out, shape, view)


def _must_be_given(column: Column, write: Write) -> bool:
    """A generated column, an identity and a default fill themselves."""
    filled = column.has_default or column.identity is not None or column.generated is not None
    return column.not_null and not filled and column.name not in write.columns


def _may_be_filled(relation: Relation, left_out: tuple[Column, ...], view: View) -> str | None:
    """Why a value may come from elsewhere."""
    if any(column.base is not None for column in left_out):
        return f"a domain of `{relation.display}` may have a default of its own"
    for trigger in relation.triggers:
        fires = trigger.definition is None or _BEFORE_INSERT.search(trigger.definition)
        if fires and trigger.firing is not Firing.DISABLED:
            return f"the trigger `{trigger.name}` may fill what the INSERT into `{relation.display}` leaves out"
    if any(_makes_trigger(sql, relation.name) for sql in view.statements):
        return f"a trigger may fill what the INSERT into `{relation.display}` leaves out"
    return None


def _makes_trigger(sql: str, table: str) -> bool:
    """Whether a migration may make a trigger BEFORE INSERT on the table: in its own words, or in a string."""
    if not _TRIGGER.search(sql) or not _BEFORE_INSERT.search(sql):
        return False
    return re.search(rf"\b{re.escape(table)}\b", sql, re.IGNORECASE) is not None or "execute format" in sql.lower()


def _draft(query: Query, relation: Relation, left_out: tuple[Column, ...], shape: TenantShape, view: View) -> Draft:
    refs = [ColumnRef(relation.schema, relation.name, column.name) for column in left_out]
    names = " and ".join(f"`{shown_column(ref)}`" for ref in refs)
    are = "is NOT NULL and has no default" if len(refs) == 1 else "are NOT NULL and have no default"
    history = tuple(label for ref in refs for label in origin_labels(ref, shape.schema, view.migrated))
    return Draft(
        rule=Rule.INSERT_INCOMPLETE,
        severity=Rule.INSERT_INCOMPLETE.severity,
        place=query_place(query),
        text=f"the INSERT of `{query.function}` leaves out {names}, which {are}",
        subjects=(query_subject(query),),
        labels=(Label(query_span(query), f"gives `{relation.display}` no value for {names}"), *history),
        consequence=f"Every call fails at run time with {behaviour_of(query.call.library).database} (SQLSTATE 23502: "
        f'null value in column "{left_out[0].name}"), so a 500 where a handler passes it on.',
        help=f"give {names} a value in the INSERT, or a default in a migration",
    )
