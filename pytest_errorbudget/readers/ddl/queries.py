"""What a view selects: output columns as far as their types follow from tables and casts, and the tables of FROM."""

from __future__ import annotations

from pytest_errorbudget.model.change_parts import Name, Projection, Query
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.keys import output_label
from pytest_errorbudget.readers.ddl.types import declared
from pytest_errorbudget.readers.ddl.words import NotUnderstood, Word, mentioned

_SET_OPERATIONS = frozenset({"union", "intersect", "except"})
_AFTER_LIST = frozenset(
    {"from", "where", "group", "having", "window", "order", "limit", "offset", "fetch", "for", "into"}
)
_AFTER_FROM = frozenset({"where", "group", "having", "window", "order", "limit", "offset", "fetch", "for"})
_JOINING = frozenset({"join", "inner", "left", "right", "full", "cross", "natural", "on", "using", ","})
_JOINS = frozenset({"join", ","})
_TAILS = (("with", "no", "data"), ("with", "data"), ("with", "check", "option"))
_RESULTS = {"count": PgType("int8"), "now": PgType("timestamptz"), "row_number": PgType("int8")}


def query_of(cursor: Cursor) -> Query:
    """The query that the rest of the statement is."""
    items = _without_tail(cursor.rest())
    sources: tuple[tuple[str, Name], ...] = ()
    try:
        projections, sources = _select(cursor.inside(items))
    except NotUnderstood:
        projections = None
    return Query(projections=projections, sources=sources, mentions=mentioned(items))


def _without_tail(items: tuple[Word, ...]) -> tuple[Word, ...]:
    for tail in _TAILS:
        if tuple(word.key for word in items[-len(tail) :]) == tail:
            return items[: -len(tail)]
    return items


def _select(cursor: Cursor) -> tuple[tuple[Projection, ...] | None, tuple[tuple[str, Name], ...]]:
    while cursor.key == "(":
        inner = cursor.inside(cursor.group())
        if not cursor.done:
            return None, ()
        cursor = inner
    cursor.expect("select")
    if cursor.accept("distinct") and cursor.accept("on"):
        cursor.group()
    cursor.accept("all")
    parts = cursor.parts(cursor.until(_AFTER_LIST | _SET_OPERATIONS))
    sources, merges = _sources(cursor)
    if any(word.key in _SET_OPERATIONS for word in cursor.rest()):
        return None, sources
    projections = tuple(_projection(cursor.inside(part)) for part in parts)
    if merges and any(p.column == "*" for p in projections):
        return None, sources
    return projections, sources


def _sources(cursor: Cursor) -> tuple[tuple[tuple[str, Name], ...], bool]:
    """The tables of FROM by the name they go by, and whether a join merges columns (USING, NATURAL)."""
    if not cursor.accept("from"):
        return (), False
    found: list[tuple[str, Name]] = []
    merges = False
    while not cursor.done and cursor.key not in _AFTER_FROM | _SET_OPERATIONS:
        found.append(_source(cursor))
        skipped = cursor.until(_JOINS | _AFTER_FROM | _SET_OPERATIONS)
        merges = merges or any(word.key in {"using", "natural"} for word in skipped)
        if not (cursor.accept("join") or cursor.accept(",")):
            break
    return tuple(found), merges


def _source(cursor: Cursor) -> tuple[str, Name]:
    cursor.accept("only")
    if cursor.key in {"(", "lateral"}:
        raise NotUnderstood("a subquery in FROM")
    name = cursor.qualified()
    if cursor.key == "(":
        raise NotUnderstood("a function in FROM")
    cursor.accept("*")
    is_alias = cursor.accept("as") or _is_alias(cursor)
    return (cursor.name() if is_alias else name.name), name


def _is_alias(cursor: Cursor) -> bool:
    word = cursor.word
    return (
        word is not None and word.is_name and word.key not in _JOINING | _AFTER_FROM | _SET_OPERATIONS | {"tablesample"}
    )


def _projection(cursor: Cursor) -> Projection:
    qualifier, column, type_ = _expression(cursor.copy())
    label = output_label(cursor)
    if column == "*":
        return Projection(name=None, qualifier=qualifier, column="*")
    if cursor.accept("as"):
        return Projection(name=cursor.name(), qualifier=qualifier, column=column, type=type_)
    last = cursor.word
    if last is not None and last.is_name and _is_last(cursor):
        return Projection(name=last.value, qualifier=qualifier, column=column, type=type_)
    alias = _alias_at_end(cursor)
    return Projection(name=alias or (label if cursor.done else None), qualifier=qualifier, column=column, type=type_)


def _is_last(cursor: Cursor) -> bool:
    ahead = cursor.copy()
    ahead.next()
    return ahead.done


def _alias_at_end(cursor: Cursor) -> str | None:
    tail = cursor.copy().rest()
    if len(tail) > 1 and tail[-2].key == "as" and tail[-1].is_name:
        cursor.rest()
        return tail[-1].value
    return None


def _expression(cursor: Cursor) -> tuple[str | None, str | None, PgType | None]:
    """(qualifier, column, type) of an output expression; all ``None`` where its type is PostgreSQL's to say."""
    word = cursor.word
    if word is None:
        raise NotUnderstood("an empty select list")
    if cursor.accept("*"):
        return None, "*", None
    qualifier, column, type_ = _operand(cursor, word)
    while cursor.accept("::"):
        qualifier, column, type_ = None, None, declared(cursor).type
    if cursor.accept("as"):
        cursor.next()
    elif not cursor.done:
        last = cursor.next()
        if not last.is_name:
            return None, None, None
    return (qualifier, column, type_) if cursor.done else (None, None, None)


def _operand(cursor: Cursor, word: Word) -> tuple[str | None, str | None, PgType | None]:
    if cursor.accept("cast"):
        inner = cursor.inside(cursor.group())
        inner.until(frozenset({"as"}))
        inner.expect("as")
        return None, None, declared(inner).type
    if cursor.key == "(":
        cursor.group()
        return None, None, None
    if not word.is_name or word.key in {"case", "not", "exists", "array", "null", "true", "false"}:
        cursor.next()
        return None, None, PgType("bool") if word.key in {"true", "false"} else None
    return _named(cursor)


def _named(cursor: Cursor) -> tuple[str | None, str | None, PgType | None]:
    first = cursor.name()
    qualifier: str | None = None
    while cursor.accept("."):
        if cursor.accept("*"):
            return first, "*", None
        qualifier, first = first, cursor.name()
    if cursor.key != "(":
        return qualifier, first, None
    cursor.group()
    if cursor.accept("filter") or cursor.accept("over"):
        cursor.group()
    return None, None, _RESULTS.get(first)
