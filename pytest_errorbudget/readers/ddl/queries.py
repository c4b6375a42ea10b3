"""Queries of views and CREATE TABLE AS, as values: what they select, and from where."""

from __future__ import annotations

from pytest_errorbudget.model.change_parts import Name
from pytest_errorbudget.model.change_query import (
    Body,
    Combined,
    CommonTable,
    Output,
    Query,
    QuerySource,
    QueryText,
    Select,
    Source,
    Star,
    TableSource,
    UnreadBody,
    Values,
)
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.expressions import QUERY_STARTS, Expressions, column_reference
from pytest_errorbudget.readers.ddl.figures import figure
from pytest_errorbudget.readers.ddl.sources import AFTER_FROM, JOINS, SET_OPERATIONS, Sources
from pytest_errorbudget.readers.ddl.words import NotUnderstood, Word, mentioned

_AFTER_LIST = AFTER_FROM | SET_OPERATIONS | {"from", "into"}
_AFTER_BRANCH = frozenset({"order", "limit", "offset", "fetch", "for"})
_TAILS = (("with", "no", "data"), ("with", "data"), ("with", "check", "option"))
_BEFORE_TABLES = frozenset({"from", "join"})
_CAST_ENDS = frozenset({")", "["})
_NO_TABLES = QUERY_STARTS | AFTER_FROM | JOINS


def query_of(cursor: Cursor) -> QueryText:
    """The query that the rest of the statement is; never raises."""
    items = _without_tail(cursor.rest())
    return QueryText(
        query=read_query(cursor.inside(items)),
        reads=_tables(cursor, items),
        mentions=mentioned(tuple(word for word, before in zip(items, (None, *items), strict=False) if not _as(before))),
        calls=_called(items),
    )


def read_query(cursor: Cursor) -> Query:
    """A query; a part that cannot be read makes it an ``UnreadBody``, and never raises."""
    try:
        return _query(cursor)
    except NotUnderstood as reason:
        cursor.rest()
        return Query(body=UnreadBody(str(reason)))


def _without_tail(items: tuple[Word, ...]) -> tuple[Word, ...]:
    for tail in _TAILS:
        if tuple(word.key for word in items[-len(tail) :]) == tail:
            return items[: -len(tail)]
    return items


def _query(cursor: Cursor) -> Query:
    common, recursive = _common(cursor) if cursor.accept("with") else ((), False)
    body = _combined(cursor)
    return Query(body=body, common=common, recursive=recursive)


def _common(cursor: Cursor) -> tuple[tuple[CommonTable, ...], bool]:
    recursive = cursor.accept("recursive")
    found: list[CommonTable] = []
    while True:
        name = cursor.name()
        columns = cursor.names() if cursor.key == "(" else ()
        cursor.expect("as")
        cursor.accept("not")
        cursor.accept("materialized")
        found.append(CommonTable(name, read_query(cursor.inside(cursor.group())), columns))
        if cursor.key in {"search", "cycle"}:
            raise NotUnderstood("SEARCH or CYCLE of a recursive query adds columns")
        if not cursor.accept(","):
            return tuple(found), recursive


def _combined(cursor: Cursor) -> Body:
    """Branches from left to right; the names and types of columns do not depend on INTERSECT binding tighter."""
    body = _branch(cursor)
    while cursor.key in SET_OPERATIONS:
        cursor.next()
        cursor.accept("all")
        cursor.accept("distinct")
        body = Combined(Query(body=body), Query(body=_branch(cursor)))
    if cursor.key in _AFTER_BRANCH:
        cursor.rest()
    if not cursor.done:
        raise NotUnderstood(f"`{cursor.next().value}` in a query")
    return body


def _branch(cursor: Cursor) -> Body:
    if cursor.key == "(":
        inner = _query(cursor.inside(cursor.group()))
        return inner.body if not inner.common else Select((Output(None, Star()),), (_as_source(inner),))
    if cursor.accept("values"):
        return _values(cursor)
    if cursor.accept("table"):
        cursor.accept("only")
        name = cursor.qualified()
        return Select((Output(None, Star()),), (TableSource(name=name, alias=name.name),))
    cursor.expect("select")
    return _select(cursor)


def _as_source(query: Query) -> Source:
    return QuerySource(query=query)


def _values(cursor: Cursor) -> Body:
    reader = Expressions(read_query)
    rows = []
    while True:
        inner = cursor.inside(cursor.group())
        rows.append(tuple(reader.whole(inner.inside(part)) for part in inner.parts(inner.rest())))
        if not cursor.accept(","):
            return Values(tuple(rows))


def _select(cursor: Cursor) -> Body:
    if cursor.accept("distinct") and cursor.accept("on"):
        cursor.group()
    cursor.accept("all")
    outputs = tuple(_output(cursor.inside(part)) for part in cursor.parts(_select_list(cursor)))
    if cursor.accept("into"):
        cursor.until(AFTER_FROM | SET_OPERATIONS | {"from"})
    sources = Sources(read_query).listed(cursor) if cursor.accept("from") else ()
    cursor.until(SET_OPERATIONS)
    return Select(outputs, sources)


def _select_list(cursor: Cursor) -> tuple[Word, ...]:
    """Up to the clause that follows; the FROM of IS DISTINCT FROM is none."""
    found = cursor.until(_AFTER_LIST)
    while cursor.key == "from" and found and found[-1].key == "distinct":
        found = (*found, cursor.next(), *cursor.until(_AFTER_LIST))
    return found


def _output(cursor: Cursor) -> Output:
    reader = Expressions(read_query)
    words = cursor.copy().rest()
    if len(words) > 2 and words[-2].key == "as" and words[-1].is_name:
        return Output(words[-1].value, reader.whole(cursor.inside(words[:-2])))
    reference = column_reference(words)
    if reference is not None:
        return Output(reference.name, reference)
    ahead = cursor.copy()
    try:
        found = reader.leading(ahead)
    except NotUnderstood:
        return Output(None, reader.whole(cursor))
    tail = ahead.rest()
    if not tail:
        return Output(figure(found), found)
    if len(tail) == 1 and tail[0].is_name:
        return Output(tail[0].value, found)
    return Output(None, reader.whole(cursor))


def _as(word: Word | None) -> bool:
    return word is not None and word.key == "as"


def _called(items: tuple[Word, ...]) -> frozenset[str]:
    """Names before a bracket, after ``::``, or before the bracket that ends a CAST."""
    found: set[str] = set()
    third = second = first = ""
    for word, after in zip(items, (*(other.key for other in items[1:]), ""), strict=True):
        if (
            after == "("
            or first == "::"
            or (first == "." and third == "::")
            or (after in _CAST_ENDS and "as" in (first, second, third))
        ) and word.is_name:
            found.add(word.value)
        third, second, first = second, first, word.key
    return frozenset(found)


def _tables(cursor: Cursor, items: tuple[Word, ...]) -> tuple[Name, ...]:
    """The names after FROM, JOIN and the commas of a FROM list."""
    found: list[Name] = []
    reader = cursor.inside(items)
    while reader.skip_past(_BEFORE_TABLES):
        _listed(reader, found)
    return tuple(dict.fromkeys(found))


def _listed(reader: Cursor, found: list[Name]) -> None:
    while _at_name(reader):
        found.append(reader.qualified())
        if reader.accept("as") or _at_name(reader):
            reader.next()
        if not reader.accept(","):
            break


def _at_name(reader: Cursor) -> bool:
    while reader.key in {"(", "only", "lateral"}:
        reader.next()
    word = reader.word
    return word is not None and word.is_name and word.key not in _NO_TABLES
