"""Column definitions: a name, a type, and what follows it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pytest_errorbudget.model.change_parts import ColumnSpec, ConstraintSpec, DefaultKind
from pytest_errorbudget.model.schema import ConstraintKind, Generated, Identity
from pytest_errorbudget.readers.ddl.constraints import attributes, check, index_options, nulls_distinct, referencing
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.types import Declared, declared
from pytest_errorbudget.readers.ddl.words import NotUnderstood, Word

_QUALIFIERS = frozenset(
    {
        *("constraint", "not", "null", "unique", "primary", "check", "default", "generated", "references"),
        *("deferrable", "initially", "collate", "enforced", "no", "storage", "compression", "options", ","),
    }
)


@dataclass(slots=True)
class _Reading:
    """What the qualifiers of one column have said so far."""

    start: int
    not_null: bool = False
    default: DefaultKind | None = None
    identity: Identity | None = None
    generated: Generated | None = None
    constraints: list[ConstraintSpec] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    column: ColumnSpec
    constraints: tuple[ConstraintSpec, ...]


def column_definition(cursor: Cursor) -> ColumnDefinition:
    """``name type qualifiers`` up to a comma outside brackets."""
    start = cursor.place
    name = cursor.name()
    found = declared(cursor)
    reading = _Reading(start, not_null=found.serial, default=DefaultKind.EXPRESSION if found.serial else None)
    _qualifiers(cursor, name, reading)
    return ColumnDefinition(_spec(cursor, name, found, reading), tuple(reading.constraints))


def typed_options(cursor: Cursor, name: str, known: Declared) -> ColumnDefinition:
    """``name [WITH OPTIONS] qualifiers``, in PARTITION OF, where the type is the parent's."""
    reading = _Reading(cursor.place)
    cursor.accept("with", "options")
    _qualifiers(cursor, name, reading)
    return ColumnDefinition(_spec(cursor, name, known, reading), tuple(reading.constraints))


def default_kind(items: tuple[Word, ...]) -> DefaultKind:
    keys = [word.key for word in items if word.key not in "()"]
    is_null = keys[:1] == ["null"] and (len(keys) == 1 or keys[1] == "::")
    return DefaultKind.NULL if is_null else DefaultKind.EXPRESSION


def identity_options(cursor: Cursor) -> Identity:
    """After GENERATED: ``ALWAYS | BY DEFAULT``; what follows is left."""
    if cursor.accept("always"):
        return Identity.ALWAYS
    cursor.expect("by", "default")
    return Identity.BY_DEFAULT


def _spec(cursor: Cursor, name: str, found: Declared, reading: _Reading) -> ColumnSpec:
    return ColumnSpec(
        name=name,
        type=found.type,
        not_null=reading.not_null,
        default=reading.default,
        identity=reading.identity,
        generated=reading.generated,
        origin=cursor.span(reading.start),
    )


def _qualifiers(cursor: Cursor, column: str, reading: _Reading) -> None:
    while not cursor.done and cursor.key != ",":
        before = cursor.place
        name = cursor.name() if cursor.accept("constraint") else None
        _qualifier(cursor, column, name, reading)
        if cursor.place == before:
            raise NotUnderstood(f"`{cursor.key or 'a word'}` after column `{column}`")


def _qualifier(cursor: Cursor, column: str, name: str | None, reading: _Reading) -> None:
    start = cursor.place
    match cursor.key:
        case "not" if cursor.accept("not", "null"):
            reading.not_null = True
            cursor.accept("no", "inherit")
        case "null":
            cursor.next()
        case "default":
            cursor.next()
            reading.default = _default(cursor)
        case "generated":
            cursor.next()
            _generated(cursor, reading)
        case "primary" if cursor.accept("primary", "key"):
            _key(cursor, ConstraintKind.PRIMARY_KEY, column, name, start, reading)
        case "unique":
            cursor.next()
            nulls_distinct(cursor)
            _key(cursor, ConstraintKind.UNIQUE, column, name, start, reading)
        case "check":
            cursor.next()
            reading.constraints.append(check(cursor, name, start))
        case "references":
            cursor.next()
            reading.constraints.append(referencing(cursor, name, (column,), start))
        case "collate":
            cursor.next()
            cursor.qualified()
        case "storage" | "compression":
            cursor.next()
            cursor.next()
        case "options":
            cursor.next()
            cursor.group()
        case _:
            _attributes(cursor, reading)


def _default(cursor: Cursor) -> DefaultKind:
    """NULL alone may be the expression; any other word of the qualifiers ends it."""
    if cursor.peek("null"):
        return default_kind((cursor.next(), *cursor.until(_QUALIFIERS)))
    return default_kind(cursor.until(_QUALIFIERS))


def _generated(cursor: Cursor, reading: _Reading) -> None:
    identity = identity_options(cursor)
    cursor.expect("as")
    if cursor.accept("identity"):
        reading.identity, reading.not_null = identity, True
        if cursor.key == "(":
            cursor.group()
        return
    cursor.group()
    reading.generated = Generated.STORED if cursor.accept("stored") else Generated.VIRTUAL
    cursor.accept("virtual")


def _key(cursor: Cursor, kind: ConstraintKind, column: str, name: str | None, start: int, reading: _Reading) -> None:
    index_options(cursor)
    spec = ConstraintSpec(kind=kind, name=name, columns=(column,), origin=cursor.span(start))
    reading.constraints.append(spec)


def _attributes(cursor: Cursor, reading: _Reading) -> None:
    """DEFERRABLE and its like belong to the constraint before them."""
    found = attributes(cursor)
    if not found or not reading.constraints:
        return
    reading.constraints[-1] = replace(
        reading.constraints[-1],
        validated=not found & {"not valid", "not enforced"},
        deferrable=bool(found & {"deferrable", "initially deferred"}),
    )
