"""Type names as PostgreSQL's grammar reads them, to types by internal name."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.readers.ddl.builtin import BUILTIN_TYPES, SERIALS, SYNONYMS
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.words import NotUnderstood, Word, WordKind

_INTERVAL_FIELDS = frozenset({"year", "month", "day", "hour", "minute", "second"})
_GO_ON = frozenset({"(", "."})
_ARRAY_STARTS = frozenset({"array", "["})
_SINGLE_PRECISION_BITS = 24
_DOUBLE_PRECISION_BITS = 53


@dataclass(frozen=True, slots=True)
class Declared:
    """A type as declared; ``serial`` types also bring NOT NULL and a default. An empty schema is to be found."""

    type: PgType
    serial: bool = False


# Most columns of most tables.
_PLAIN = {
    **{name: Declared(PgType(name)) for name in BUILTIN_TYPES},
    **{written: Declared(PgType(name)) for written, name in SYNONYMS.items()},
}


def declared(cursor: Cursor) -> Declared:
    cursor.accept("setof")
    found = _element(cursor)
    if cursor.key not in _ARRAY_STARTS or not _is_array(cursor):
        return found
    if found.serial:
        raise NotUnderstood("an array of serial")
    element = found.type
    return Declared(PgType(element.name, element.schema, element.modifiers, 1, element.fields))


def _is_array(cursor: Cursor) -> bool:
    found = False
    if cursor.accept("array"):
        found = True
    while cursor.key == "[":
        cursor.group()
        found = True
    return found


def _element(cursor: Cursor) -> Declared:
    word = cursor.word
    if word is None or word.kind is not WordKind.BARE:
        return _named(cursor)
    plain = _PLAIN.get(word.key)
    if plain is not None and word.key not in _SPECIAL and cursor.key_after not in _GO_ON:
        cursor.next()
        return plain
    if word.key in SERIALS and not _followed_by_dot(cursor):
        cursor.next()
        return Declared(PgType(SERIALS[word.key]), serial=True)
    reader = _SPECIAL.get(word.key)
    if reader is None or _followed_by_dot(cursor):
        return _named(cursor)
    cursor.next()
    return Declared(reader(cursor))


def _followed_by_dot(cursor: Cursor) -> bool:
    word = cursor.word
    return word is not None and cursor.sql[word.end : word.end + 1] == "."


def _named(cursor: Cursor) -> Declared:
    quoted = cursor.word is not None and cursor.word.kind is WordKind.QUOTED
    name = cursor.qualified()
    modifiers = _modifiers(cursor) if cursor.key == "(" else ()
    if name.schema is None and not quoted and name.name in SYNONYMS:
        return Declared(PgType(SYNONYMS[name.name], CATALOG, modifiers))
    if name.schema == CATALOG or (name.schema is None and name.name.removeprefix("_") in BUILTIN_TYPES):
        return Declared(_builtin(name.name, modifiers))
    return Declared(PgType(name.name, name.schema or "", modifiers))


def _builtin(name: str, modifiers: tuple[int, ...]) -> PgType:
    if name == "numeric" and len(modifiers) == 1:
        return PgType(name, CATALOG, (*modifiers, 0))
    if name.startswith("_") and name[1:] in BUILTIN_TYPES:
        return PgType(name[1:], CATALOG, modifiers, 1)
    return PgType(name, CATALOG, modifiers)


def _modifiers(cursor: Cursor) -> tuple[int, ...]:
    """Numbers in brackets; modifiers that are no numbers (``geometry(Point, 4326)``) are PostgreSQL's to say."""
    parts = [_number(part) for part in cursor.parts(cursor.group())]
    numbers = tuple(number for number in parts if number is not None)
    return numbers if len(numbers) == len(parts) else ()


def _number(part: tuple[Word, ...]) -> int | None:
    text = "".join(word.value for word in part)
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() else None


def _optional(cursor: Cursor) -> tuple[int, ...]:
    return _modifiers(cursor) if cursor.key == "(" else ()


def _double(cursor: Cursor) -> PgType:
    cursor.expect("precision")
    return PgType("float8")


def _float(cursor: Cursor) -> PgType:
    precision = (_optional(cursor) or (_DOUBLE_PRECISION_BITS,))[0]
    return PgType("float4" if precision <= _SINGLE_PRECISION_BITS else "float8")


def _character(cursor: Cursor) -> PgType:
    if cursor.accept("varying"):
        return PgType("varchar", CATALOG, _optional(cursor))
    return PgType("bpchar", CATALOG, _optional(cursor) or (1,))


def _national(cursor: Cursor) -> PgType:
    cursor.one_of("character", "char")
    return _character(cursor)


def _varchar(cursor: Cursor) -> PgType:
    return PgType("varchar", CATALOG, _optional(cursor))


def _numeric(cursor: Cursor) -> PgType:
    return _builtin("numeric", _optional(cursor))


def _bit(cursor: Cursor) -> PgType:
    if cursor.accept("varying"):
        return PgType("varbit", CATALOG, _optional(cursor))
    return PgType("bit", CATALOG, _optional(cursor) or (1,))


def _time(cursor: Cursor) -> PgType:
    return _zoned(cursor, "time", "timetz")


def _timestamp(cursor: Cursor) -> PgType:
    return _zoned(cursor, "timestamp", "timestamptz")


def _zoned(cursor: Cursor, plain: str, zoned: str) -> PgType:
    modifiers = _optional(cursor)
    if cursor.accept("with", "time", "zone"):
        return PgType(zoned, CATALOG, modifiers)
    cursor.accept("without", "time", "zone")
    return PgType(plain, CATALOG, modifiers)


def _interval(cursor: Cursor) -> PgType:
    if cursor.key not in _INTERVAL_FIELDS:
        return PgType("interval", CATALOG, _optional(cursor))
    fields = cursor.next().key
    if cursor.accept("to"):
        fields = f"{fields} to {cursor.one_of(*sorted(_INTERVAL_FIELDS))}"
    return PgType("interval", CATALOG, _optional(cursor), 0, fields)


_SPECIAL = {
    "bit": _bit,
    "char": _character,
    "character": _character,
    "dec": _numeric,
    "decimal": _numeric,
    "double": _double,
    "float": _float,
    "interval": _interval,
    "national": _national,
    "nchar": _character,
    "numeric": _numeric,
    "time": _time,
    "timestamp": _timestamp,
    "varchar": _varchar,
}
