"""Constraints, as they stand in a table's definition, after a column, or in ADD CONSTRAINT."""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.model.change_parts import ConstraintSpec, Name
from pytest_errorbudget.model.schema import ConstraintKind
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.keys import keys_of
from pytest_errorbudget.readers.ddl.words import NotUnderstood, mentioned

TABLE_CONSTRAINTS = frozenset({"constraint", "primary", "unique", "foreign", "check", "exclude"})
_ATTRIBUTE_STARTS = frozenset({"initially", "no", "not", "deferrable", "enforced"})


def table_constraint(cursor: Cursor) -> ConstraintSpec:
    """``[CONSTRAINT name] kind …`` up to the next comma."""
    start = cursor.place
    name = cursor.name() if cursor.accept("constraint") else None
    spec = _kind(cursor, name, start)
    return _with_attributes(cursor, spec)


def _kind(cursor: Cursor, name: str | None, start: int) -> ConstraintSpec:
    match cursor.one_of("primary", "unique", "foreign", "check", "exclude", "not"):
        case "primary":
            cursor.expect("key")
            return keyed(cursor, ConstraintKind.PRIMARY_KEY, name, start)
        case "unique":
            return keyed(cursor, ConstraintKind.UNIQUE, name, start)
        case "foreign":
            cursor.expect("key")
            columns = cursor.names()
            cursor.expect("references")
            return referencing(cursor, name, columns, start)
        case "check":
            return check(cursor, name, start)
        case "exclude":
            return _exclude(cursor, name, start)
        case _:
            cursor.expect("null")
            return ConstraintSpec(
                kind=ConstraintKind.NOT_NULL, name=name, columns=(cursor.name(),), origin=cursor.span(start)
            )


def keyed(cursor: Cursor, kind: ConstraintKind, name: str | None, start: int) -> ConstraintSpec:
    """After PRIMARY KEY or UNIQUE of a table; ``USING INDEX`` adopts an index."""
    if cursor.accept("using", "index"):
        return ConstraintSpec(kind=kind, name=name, using_index=cursor.name(), origin=cursor.span(start))
    nulls_distinct(cursor)
    inner = cursor.inside(cursor.group())
    columns = [inner.name()]
    while inner.accept(","):
        columns.append(inner.name())
    if not inner.done:
        raise NotUnderstood("a key WITHOUT OVERLAPS")
    include = index_options(cursor)
    return ConstraintSpec(kind=kind, name=name, columns=tuple(columns), include=include, origin=cursor.span(start))


def nulls_distinct(cursor: Cursor) -> None:
    if cursor.accept("nulls"):
        cursor.accept("not")
        cursor.expect("distinct")


def index_options(cursor: Cursor) -> tuple[str, ...]:
    """INCLUDE, WITH and USING INDEX TABLESPACE; gives the included columns."""
    include = cursor.names() if cursor.accept("include") else ()
    if cursor.accept("with"):
        cursor.group()
    if cursor.accept("using", "index", "tablespace"):
        cursor.name()
    return include


def referencing(cursor: Cursor, name: str | None, columns: tuple[str, ...], start: int) -> ConstraintSpec:
    """After REFERENCES."""
    target: Name = cursor.qualified()
    targets = cursor.names() if cursor.key == "(" else ()
    while True:
        if cursor.accept("match"):
            cursor.one_of("full", "partial", "simple")
        elif cursor.accept("on", "delete") or cursor.accept("on", "update"):
            _action(cursor)
        else:
            break
    return ConstraintSpec(
        kind=ConstraintKind.FOREIGN_KEY,
        name=name,
        columns=columns,
        reference=target,
        reference_columns=targets,
        origin=cursor.span(start),
    )


def _action(cursor: Cursor) -> None:
    match cursor.one_of("no", "restrict", "cascade", "set"):
        case "no":
            cursor.expect("action")
        case "set":
            cursor.one_of("null", "default")
            if cursor.key == "(":
                cursor.group()


def check(cursor: Cursor, name: str | None, start: int) -> ConstraintSpec:
    """After CHECK."""
    expression = cursor.group()
    inherited = not cursor.accept("no", "inherit")
    return ConstraintSpec(
        kind=ConstraintKind.CHECK,
        name=name,
        mentions=mentioned(expression),
        inherited=inherited,
        origin=cursor.span(start),
    )


def _exclude(cursor: Cursor, name: str | None, start: int) -> ConstraintSpec:
    method = cursor.name() if cursor.accept("using") else "btree"
    parts = cursor.parts(cursor.group())
    keys = keys_of(cursor, parts)
    include = index_options(cursor)
    predicate = cursor.group() if cursor.accept("where") else ()
    expressions = mentioned(word for part in parts for word in part) | mentioned(predicate)
    return ConstraintSpec(
        kind=ConstraintKind.EXCLUDE,
        name=name,
        columns=tuple(key.column for key in keys if key.column is not None),
        keys=keys,
        include=include,
        mentions=expressions,
        method=method,
        partial=bool(predicate),
        origin=cursor.span(start),
    )


def _with_attributes(cursor: Cursor, spec: ConstraintSpec) -> ConstraintSpec:
    found = attributes(cursor)
    if not found:
        return spec
    return replace(
        spec,
        validated=not found & {"not valid", "not enforced"},
        deferrable=bool(found & {"deferrable", "initially deferred"}),
        inherited=spec.inherited and "no inherit" not in found,
    )


def attributes(cursor: Cursor) -> frozenset[str]:
    """DEFERRABLE, INITIALLY …, NOT VALID, NO INHERIT, ENFORCED, in any order."""
    found: set[str] = set()
    while cursor.key in _ATTRIBUTE_STARTS:
        if cursor.accept("initially"):
            found.add(f"initially {cursor.one_of('deferred', 'immediate')}")
        elif cursor.accept("no", "inherit"):
            found.add("no inherit")
        elif attribute := _not_attribute(cursor):
            found.add(attribute)
        elif cursor.key in {"deferrable", "enforced"}:
            found.add(cursor.next().key)
        else:
            break
    return frozenset(found)


def _not_attribute(cursor: Cursor) -> str | None:
    for word in ("deferrable", "valid", "enforced"):
        if cursor.accept("not", word):
            return f"not {word}"
    return None
