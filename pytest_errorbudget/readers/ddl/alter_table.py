"""ALTER TABLE: one change an action."""

from __future__ import annotations

from collections.abc import Callable

from pytest_errorbudget.model.change import Change
from pytest_errorbudget.model.change_parts import Dependents, Existing, Name
from pytest_errorbudget.model.change_table import (
    AddColumn,
    AddConstraint,
    AttachPartition,
    DetachPartition,
    DropColumn,
    DropConstraint,
    Inherit,
    NoInherit,
    RenameColumn,
    RenameConstraint,
    RenameRelation,
    SetRelationSchema,
    ValidateConstraint,
)
from pytest_errorbudget.readers.ddl.alter_column import alter_column
from pytest_errorbudget.readers.ddl.columns import column_definition
from pytest_errorbudget.readers.ddl.constraints import TABLE_CONSTRAINTS, table_constraint
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.guards import guard_action
from pytest_errorbudget.readers.ddl.words import NotUnderstood

_COMMA = frozenset({","})
# Actions that change no column, index, constraint or name.
_WITHOUT_EFFECT = frozenset({"cluster", "options", "owner", "replica", "reset", "set"})
_GUARDS = frozenset({"disable", "enable", "force"})
Action = Callable[[Cursor, Name, Existing], Change]


def alter_relation(cursor: Cursor) -> tuple[Change, ...]:
    """After ``ALTER TABLE`` (VIEW, MATERIALIZED VIEW, FOREIGN TABLE, SEQUENCE or INDEX)."""
    if cursor.peek("all", "in", "tablespace"):
        return ()
    missing = Existing.SKIPS if cursor.accept("if", "exists") else Existing.FAILS
    cursor.accept("only")
    table = cursor.qualified()
    cursor.accept("*")
    if cursor.key == "rename":
        return (_rename(cursor, table, missing),)
    if cursor.accept("set", "schema"):
        return (SetRelationSchema(name=table, schema=cursor.name(), missing=missing, origin=cursor.span(0)),)
    if cursor.key in {"attach", "detach"}:
        return (_partition(cursor, table, missing),)
    return tuple(change for change in _actions(cursor, table, missing) if change is not None)


def _rename(cursor: Cursor, table: Name, missing: Existing) -> Change:
    """``RENAME a TO b`` renames a column, ``RENAME TO b`` the relation."""
    cursor.expect("rename")
    if cursor.accept("to"):
        return RenameRelation(name=table, to=cursor.name(), missing=missing, origin=cursor.span(0))
    if cursor.accept("constraint"):
        name = cursor.name()
        cursor.expect("to")
        return RenameConstraint(table=table, name=name, to=cursor.name(), missing=missing, origin=cursor.span(0))
    cursor.accept("column")
    column = cursor.name()
    cursor.expect("to")
    return RenameColumn(table=table, column=column, to=cursor.name(), missing=missing, origin=cursor.span(0))


def _partition(cursor: Cursor, table: Name, missing: Existing) -> Change:
    verb = cursor.one_of("attach", "detach")
    cursor.expect("partition")
    partition = cursor.qualified()
    cursor.rest()
    change = AttachPartition if verb == "attach" else DetachPartition
    return change(table=table, partition=partition, missing=missing, origin=cursor.span(0))


def _actions(cursor: Cursor, table: Name, missing: Existing) -> list[Change | None]:
    found: list[Change | None] = []
    while not cursor.done:
        start = cursor.place
        found.append(_action(cursor, table, missing, start))
        if not cursor.done:
            cursor.expect(",")
    return found


def _action(cursor: Cursor, table: Name, missing: Existing, start: int) -> Change | None:
    if cursor.accept("add"):
        return _add(cursor, table, missing, start)
    if cursor.accept("drop"):
        return _drop(cursor, table, missing, start)
    if cursor.accept("alter", "constraint"):
        cursor.until(_COMMA)
        return None
    if cursor.accept("alter"):
        cursor.accept("column")
        return alter_column(cursor, table, missing, start)
    if cursor.accept("validate", "constraint"):
        return ValidateConstraint(table=table, name=cursor.name(), missing=missing, origin=cursor.span(start))
    if cursor.accept("inherit"):
        return Inherit(table=table, parent=cursor.qualified(), missing=missing, origin=cursor.span(start))
    if cursor.accept("no", "inherit"):
        return NoInherit(table=table, parent=cursor.qualified(), missing=missing, origin=cursor.span(start))
    if cursor.key in _GUARDS or cursor.peek("no", "force"):
        return guard_action(cursor, table, missing, start)
    if cursor.key in _WITHOUT_EFFECT:
        cursor.until(_COMMA)
        return None
    raise NotUnderstood(f"ALTER TABLE … {cursor.key.upper()}")


def _add(cursor: Cursor, table: Name, missing: Existing, start: int) -> Change:
    if cursor.key in TABLE_CONSTRAINTS or cursor.peek("not", "null"):
        constraint = table_constraint(cursor)
        return AddConstraint(table=table, constraint=constraint, missing=missing, origin=cursor.span(start))
    cursor.accept("column")
    existing = Existing.SKIPS if cursor.accept("if", "not", "exists") else Existing.FAILS
    definition = column_definition(cursor)
    return AddColumn(
        table=table,
        column=definition.column,
        constraints=definition.constraints,
        missing=missing,
        existing=existing,
        origin=cursor.span(start),
    )


def _drop(cursor: Cursor, table: Name, missing: Existing, start: int) -> Change:
    is_constraint = cursor.accept("constraint")
    if not is_constraint:
        cursor.accept("column")
    cursor.accept("if", "exists")
    name = cursor.name()
    dependents = Dependents.CASCADE if cursor.accept("cascade") else Dependents.RESTRICT
    cursor.accept("restrict")
    origin = cursor.span(start)
    if is_constraint:
        return DropConstraint(table=table, name=name, dependents=dependents, missing=missing, origin=origin)
    return DropColumn(table=table, column=name, dependents=dependents, missing=missing, origin=origin)
