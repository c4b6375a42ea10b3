"""The keys of an index: columns and expressions, and what each adds to a name that PostgreSQL chooses."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_errorbudget.model.change_parts import IndexKey
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.types import declared
from pytest_errorbudget.readers.ddl.words import NotUnderstood, Word, WordKind

_NO_LABEL = "expr"
_CONSTANTS = frozenset({"true", "false", "null"})


def keys_of(cursor: Cursor, parts: Iterable[tuple[Word, ...]]) -> tuple[IndexKey, ...]:
    return tuple(_key(cursor.inside(part)) for part in parts)


def _key(cursor: Cursor) -> IndexKey:
    if cursor.key == "(":
        return _expression(cursor, cursor.group())
    start = cursor.word
    name = cursor.qualified()
    if cursor.key != "(":
        return IndexKey(text=name.name, label=name.name, column=name.name)
    arguments = cursor.group()
    if start is None:
        raise NotUnderstood("an index key is empty")
    end = arguments[-1].end if arguments else start.end
    text = " ".join(cursor.sql[start.start : end].split()) + ("()" if not arguments else ")")
    return IndexKey(text=text, label=name.name)


def _expression(cursor: Cursor, items: tuple[Word, ...]) -> IndexKey:
    """A bracketed key; PostgreSQL takes ``(column)`` for the column."""
    inner = items
    while len(inner) > 2 and inner[0].key == "(" and len(cursor.inside(inner).group()) == len(inner) - 2:
        inner = inner[1:-1]
    if inner and inner[0].is_name and inner[0].key not in _CONSTANTS and (len(inner) == 1 or inner[1].key == "collate"):
        return IndexKey(text=inner[0].value, label=inner[0].value, column=inner[0].value)
    return IndexKey(text=f"({cursor.text(items)})", label=_label(cursor.inside(inner)))


def _label(cursor: Cursor) -> str:
    """``FigureIndexColname``: a column, a function or a cast's type gives its name, everything else ``expr``."""
    label, strength = _labelled(cursor)
    return label if strength and cursor.done else _NO_LABEL


def _labelled(cursor: Cursor) -> tuple[str, int]:
    """A label and its strength: 2 for a column or function, 1 for a type or CASE, which an outer cast replaces."""
    label, strength = _operand(cursor)
    while cursor.key in {"::", "["}:
        if cursor.key == "[":
            cursor.group()
            continue
        cursor.next()
        label, strength = _cast(cursor, label, strength)
    if cursor.accept("collate"):
        cursor.qualified()
    return label, strength


def _operand(cursor: Cursor) -> tuple[str, int]:
    word = cursor.word
    if word is None:
        return "", 0
    if word.key == "(":
        inner = cursor.inside(cursor.group())
        label, strength = _labelled(inner)
        return (label, strength) if inner.done else ("", 0)
    if word.key == "case":
        cursor.rest()
        return "case", 1
    if word.kind is WordKind.STRING or word.kind is WordKind.NUMBER or word.key in _CONSTANTS:
        cursor.next()
        return "", 0
    if not word.is_name or word.key == "not":
        cursor.rest()
        return "", 0
    if cursor.accept("cast"):
        inner = cursor.inside(cursor.group())
        label, strength = _labelled(inner)
        inner.expect("as")
        return _cast(inner, label, strength)
    name = cursor.qualified().name
    if cursor.key == "(":
        cursor.group()
    return name, 2


def _cast(cursor: Cursor, label: str, strength: int) -> tuple[str, int]:
    type_name = declared(cursor).type.name
    return (type_name, 1) if strength <= 1 else (label, strength)
