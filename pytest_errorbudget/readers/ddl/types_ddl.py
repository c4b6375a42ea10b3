"""CREATE and ALTER of types and domains."""

from __future__ import annotations

from pytest_errorbudget.model.change import (
    AddEnumLabel,
    Change,
    CreateDomain,
    CreateEnum,
    CreateOtherType,
    RenameEnumLabel,
    RenameType,
    SetDomainNotNull,
    SetTypeSchema,
)
from pytest_errorbudget.model.change_composite import (
    AddAttribute,
    CreateComposite,
    DropAttribute,
    RenameAttribute,
    RetypeAttribute,
)
from pytest_errorbudget.model.change_parts import Existing, Name, Placement
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.types import declared

_ACTIONS = ("add", "drop", "alter")


def create_type(cursor: Cursor) -> tuple[Change, ...]:
    """After CREATE TYPE."""
    name = cursor.qualified()
    if cursor.key == "as" and cursor.key_after == "(":
        cursor.expect("as")
        return (_composite(cursor, name),)
    if not cursor.accept("as", "enum"):
        cursor.rest()
        return (CreateOtherType(name=name, origin=cursor.span(0)),)
    inner = cursor.inside(cursor.group())
    labels: list[str] = []
    while not inner.done:
        labels.append(inner.string())
        inner.accept(",")
    return (CreateEnum(name=name, labels=tuple(labels), origin=cursor.span(0)),)


def alter_type(cursor: Cursor) -> tuple[Change, ...]:
    """After ALTER TYPE. Attributes of a composite type are no columns."""
    name = cursor.qualified()
    if cursor.accept("rename", "attribute"):
        field = cursor.name()
        cursor.expect("to")
        return (RenameAttribute(name=name, field=field, to=cursor.name(), origin=cursor.span(0)),)
    if cursor.key in _ACTIONS and cursor.key_after == "attribute":
        return tuple(_attribute(cursor.inside(part), name, cursor) for part in cursor.parts(cursor.rest()))
    if cursor.accept("add", "value"):
        return (_add_value(cursor, name),)
    if cursor.accept("rename", "value"):
        label = cursor.string()
        cursor.expect("to")
        return (RenameEnumLabel(name=name, label=label, to=cursor.string(), origin=cursor.span(0)),)
    return _common(cursor, name)


def _composite(cursor: Cursor, name: Name) -> Change:
    members = []
    for part in cursor.parts(cursor.group()):
        inner = cursor.inside(part)
        members.append((inner.name(), declared(inner).type))
    return CreateComposite(name=name, fields=tuple(members), origin=cursor.span(0))


def _attribute(part: Cursor, name: Name, whole: Cursor) -> Change:
    """One action of ALTER TYPE ... ATTRIBUTE."""
    verb = part.one_of(*_ACTIONS)
    part.expect("attribute")
    if verb == "drop":
        missing = Existing.SKIPS if part.accept("if", "exists") else Existing.FAILS
        return DropAttribute(name=name, field=part.name(), missing=missing, origin=whole.span(0))
    field = part.name()
    if verb == "add":
        return AddAttribute(name=name, field=field, type=declared(part).type, origin=whole.span(0))
    part.accept("set", "data")
    part.expect("type")
    return RetypeAttribute(name=name, field=field, type=declared(part).type, origin=whole.span(0))


def create_domain(cursor: Cursor) -> tuple[Change, ...]:
    """After CREATE DOMAIN."""
    name = cursor.qualified()
    cursor.accept("as")
    base = declared(cursor).type
    not_null = False
    while not cursor.done:
        if cursor.accept("not", "null"):
            not_null = True
        elif cursor.key == "(":
            cursor.group()
        else:
            cursor.next()
    return (CreateDomain(name=name, base=base, not_null=not_null, origin=cursor.span(0)),)


def alter_domain(cursor: Cursor) -> tuple[Change, ...]:
    """After ALTER DOMAIN. Its CHECK constraints are not part of the schema that is compared."""
    name = cursor.qualified()
    for verb in ("set", "drop"):
        if cursor.accept(verb, "not", "null"):
            return (SetDomainNotNull(name=name, not_null=verb == "set", origin=cursor.span(0)),)
    return _common(cursor, name)


def _add_value(cursor: Cursor, name: Name) -> Change:
    existing = Existing.SKIPS if cursor.accept("if", "not", "exists") else Existing.FAILS
    label = cursor.string()
    placement, neighbour = Placement.LAST, None
    if cursor.key in {"before", "after"}:
        placement, neighbour = Placement(cursor.next().key), cursor.string()
    return AddEnumLabel(
        name=name, label=label, placement=placement, neighbour=neighbour, existing=existing, origin=cursor.span(0)
    )


def _common(cursor: Cursor, name: Name) -> tuple[Change, ...]:
    if cursor.accept("rename", "to"):
        return (RenameType(name=name, to=cursor.name(), origin=cursor.span(0)),)
    if cursor.accept("set", "schema"):
        return (SetTypeSchema(name=name, schema=cursor.name(), origin=cursor.span(0)),)
    return ()
