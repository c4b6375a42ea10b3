"""CREATE TABLE in its forms."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_errorbudget.model.change import Change, CreateQueried, CreateTable
from pytest_errorbudget.model.change_parts import ColumnSpec, ConstraintSpec, Existing, LikeOption, LikeSpec, Name
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import RelationKind
from pytest_errorbudget.readers.ddl.columns import column_definition, typed_options
from pytest_errorbudget.readers.ddl.constraints import TABLE_CONSTRAINTS, table_constraint
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.queries import query_of
from pytest_errorbudget.readers.ddl.types import Declared
from pytest_errorbudget.readers.ddl.words import NotUnderstood

_PARENTS_TYPE = Declared(PgType("", ""))


@dataclass(slots=True)
class _Body:
    elements: list[ColumnSpec | LikeSpec] = field(default_factory=list)
    constraints: list[ConstraintSpec] = field(default_factory=list)


def create_table(cursor: Cursor, temporary: bool, kind: RelationKind = RelationKind.TABLE) -> tuple[Change, ...]:
    """After ``CREATE … TABLE``."""
    existing = Existing.SKIPS if cursor.accept("if", "not", "exists") else Existing.FAILS
    name = cursor.qualified()
    if cursor.peek("of"):
        raise NotUnderstood("a table of a composite type")
    if cursor.accept("partition", "of"):
        return (_partition(cursor, name, existing),)
    columns = _bare_names(cursor)
    if columns is not None or cursor.key != "(":
        return _queried(cursor, name, columns or (), existing, temporary)
    body = _body(cursor)
    inherits = _inherits(cursor)
    is_partitioned = cursor.accept("partition", "by")
    return (
        CreateTable(
            name=name,
            kind=RelationKind.PARTITIONED_TABLE if is_partitioned else kind,
            elements=tuple(body.elements),
            constraints=tuple(body.constraints),
            inherits=inherits,
            existing=existing,
            temporary=temporary,
            origin=cursor.span(0),
        ),
    )


def _bare_names(cursor: Cursor) -> tuple[str, ...] | None:
    """``(a, b)`` of CREATE TABLE … AS, where no column has a type."""
    if cursor.key != "(":
        return None
    ahead = cursor.copy()
    parts = ahead.parts(ahead.group())
    if not parts or not all(len(part) == 1 and part[0].is_name for part in parts):
        return None
    cursor.group()
    return tuple(part[0].value for part in parts)


def _queried(
    cursor: Cursor, name: Name, columns: tuple[str, ...], existing: Existing, temporary: bool
) -> tuple[Change, ...]:
    while not cursor.accept("as"):
        if cursor.key == "(":
            cursor.group()
        else:
            cursor.next()
    return (
        CreateQueried(
            name=name,
            kind=RelationKind.TABLE,
            query=query_of(cursor),
            columns=columns,
            existing=existing,
            temporary=temporary,
            origin=cursor.span(0),
        ),
    )


def _body(cursor: Cursor) -> _Body:
    body = _Body()
    for part in cursor.parts(cursor.group()):
        inner = cursor.inside(part)
        if inner.accept("like"):
            body.elements.append(_like(inner))
        elif _is_constraint(inner):
            body.constraints.append(table_constraint(inner))
        else:
            definition = column_definition(inner)
            body.elements.append(definition.column)
            body.constraints.extend(definition.constraints)
        if not inner.done:
            raise NotUnderstood(f"`{inner.key or inner.next().value}` in the definition of a table")
    return body


def _is_constraint(cursor: Cursor) -> bool:
    return cursor.key in TABLE_CONSTRAINTS or cursor.peek("not", "null")


def _like(cursor: Cursor) -> LikeSpec:
    start = cursor.place
    source = cursor.qualified()
    including: set[LikeOption] = set()
    while verb := cursor.key:
        cursor.one_of("including", "excluding")
        option = cursor.next().key
        chosen = set(LikeOption) if option == "all" else {o for o in LikeOption if o.value == option}
        including = including | chosen if verb == "including" else including - chosen
    return LikeSpec(source=source, including=frozenset(including), origin=cursor.span(start))


def _inherits(cursor: Cursor) -> tuple[Name, ...]:
    if not cursor.accept("inherits"):
        return ()
    inner = cursor.inside(cursor.group())
    found = [inner.qualified()]
    while inner.accept(","):
        found.append(inner.qualified())
    return tuple(found)


def _partition(cursor: Cursor, name: Name, existing: Existing) -> CreateTable:
    parent = cursor.qualified()
    body = _Body()
    for part in cursor.parts(cursor.group()) if cursor.key == "(" else ():
        inner = cursor.inside(part)
        if _is_constraint(inner):
            body.constraints.append(table_constraint(inner))
        else:
            definition = typed_options(inner, inner.name(), _PARENTS_TYPE)
            body.elements.append(definition.column)
            body.constraints.extend(definition.constraints)
    if not cursor.accept("default"):
        cursor.expect("for", "values")
        cursor.until(frozenset({"partition"}))
    return CreateTable(
        name=name,
        kind=RelationKind.PARTITION,
        elements=tuple(body.elements),
        constraints=tuple(body.constraints),
        partition_of=parent,
        existing=existing,
        origin=cursor.span(0),
    )
