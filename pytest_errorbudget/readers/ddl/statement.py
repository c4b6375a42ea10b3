"""One statement to its changes."""

from __future__ import annotations

import re

from pytest_errorbudget.model.change import Change, CreateQueried, OpaqueChange, RenameSchema, SetExtensionSchema
from pytest_errorbudget.model.migration import Statement
from pytest_errorbudget.model.schema import RelationKind
from pytest_errorbudget.readers.ddl.alter_table import alter_relation
from pytest_errorbudget.readers.ddl.creates import create
from pytest_errorbudget.readers.ddl.cursor import Cursor, PlacesOf
from pytest_errorbudget.readers.ddl.drops import drop
from pytest_errorbudget.readers.ddl.guards import alter_guard, alter_routine
from pytest_errorbudget.readers.ddl.queries import query_of
from pytest_errorbudget.readers.ddl.routines import block, call, calls, identifiers
from pytest_errorbudget.readers.ddl.session import reset, set_config, set_value, transaction
from pytest_errorbudget.readers.ddl.types_ddl import alter_domain, alter_type
from pytest_errorbudget.readers.ddl.words import NotUnderstood, Word, folded, words

_TRANSACTION = frozenset({"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"})
_WITHOUT_EFFECT = frozenset(
    {
        *("insert", "update", "delete", "merge", "truncate", "copy", "values", "table"),
        *("comment", "grant", "revoke", "security", "reassign", "analyze", "vacuum", "reindex", "refresh", "cluster"),
        *("lock", "explain", "show", "notify", "listen", "unlisten", "checkpoint", "load"),
        *("prepare", "deallocate", "declare", "fetch", "move", "close"),
    }
)
# A statement begins with its first word: comments before it are not part of it.
_FIRST_WORD = re.compile(r"([A-Za-z]+)\b")


def changes_of(statement: Statement) -> tuple[Change, ...]:
    """The changes of one statement; never raises: what these rules cannot read is one ``OpaqueChange``."""
    first = _FIRST_WORD.match(statement.sql)
    if first is not None and folded(first[1]) in _WITHOUT_EFFECT:
        return ()
    try:
        items = words(statement.sql)
        if not items:
            return ()
        return _read(Cursor(statement.sql, items, PlacesOf(statement.sql, statement.span)), items)
    except NotUnderstood as reason:
        return (_opaque(statement, str(reason), reason.mentions),)
    except RecursionError:
        return (_opaque(statement, "it nests too deeply"),)


def _read(cursor: Cursor, items: tuple[Word, ...]) -> tuple[Change, ...]:
    first = cursor.next().key
    if first in _TRANSACTION:
        return transaction(cursor, first)
    match first:
        case "create":
            return create(cursor)
        case "alter":
            return _alter(cursor)
        case "drop":
            return drop(cursor)
        case "set":
            return set_value(cursor)
        case "reset" | "discard":
            return reset(cursor)
        case "select" | "with":
            return _select(cursor, items)
        case "do":
            return block(cursor)
        case "call":
            return call(cursor)
        case "import":
            raise NotUnderstood("IMPORT FOREIGN SCHEMA makes tables that only the server knows")
    raise NotUnderstood(f"`{cursor.sql.split(maxsplit=1)[0][:40]}` begins no statement that is known here")


def _alter(cursor: Cursor) -> tuple[Change, ...]:
    for keys in (("table",), ("foreign", "table"), ("view",), ("materialized", "view")):
        if cursor.accept(*keys):
            return alter_relation(cursor)
    if cursor.accept("index"):
        return alter_relation(cursor) if any(word.key == "rename" for word in cursor.copy().rest()) else ()
    if cursor.accept("type"):
        return alter_type(cursor)
    if cursor.accept("domain"):
        return alter_domain(cursor)
    if cursor.key in {"trigger", "policy"}:
        return alter_guard(cursor, cursor.next().key)
    if cursor.key in {"function", "procedure", "routine"}:
        cursor.next()
        return alter_routine(cursor)
    if cursor.accept("schema"):
        name = cursor.name()
        return (
            (RenameSchema(name=name, to=cursor.name(), origin=cursor.span(0)),) if cursor.accept("rename", "to") else ()
        )
    if cursor.accept("extension"):
        extension = cursor.name()
        if cursor.accept("set", "schema"):
            return (SetExtensionSchema(name=extension, schema=cursor.name(), origin=cursor.span(0)),)
    return ()


def _select(cursor: Cursor, items: tuple[Word, ...]) -> tuple[Change, ...]:
    found = set_config(cursor)
    if found is not None:
        return found
    keys = [word.key for word in items]
    if "into" in keys and "insert" not in keys and "merge" not in keys:
        return (_into(cursor, items),)
    if keys[0] == "with":
        return ()
    return calls(cursor, items)


def _into(cursor: Cursor, items: tuple[Word, ...]) -> Change:
    """``SELECT … INTO [TEMP] [TABLE] name FROM …`` makes a table."""
    at = next(index for index, word in enumerate(items) if word.key == "into")
    target = cursor.inside(items[at + 1 :])
    temporary = target.key in {"temp", "temporary"}
    while target.key in {"temp", "temporary", "unlogged", "table", "local", "global"}:
        target.next()
    name = target.qualified()
    query = query_of(cursor.inside(items))
    cursor.rest()
    return CreateQueried(name=name, kind=RelationKind.TABLE, query=query, temporary=temporary, origin=cursor.span(0))


def _opaque(statement: Statement, reason: str, mentions: frozenset[str] | None = None) -> OpaqueChange:
    return OpaqueChange(
        statement=statement.sql,
        reason=reason,
        mentions=identifiers(statement.sql) if mentions is None else mentions,
        origin=statement.span,
    )
