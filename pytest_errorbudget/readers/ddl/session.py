"""What changes the session: the search path, and transactions."""

from __future__ import annotations

from pytest_errorbudget.model.change import Change, SetSearchPath, Transaction
from pytest_errorbudget.model.change_parts import Scope, TransactionVerb
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.words import WordKind, folded


def set_value(cursor: Cursor) -> tuple[Change, ...]:
    """After SET. Only the search path matters."""
    scope = Scope.LOCAL if cursor.accept("local") else Scope.SESSION
    cursor.accept("session")
    if cursor.accept("schema"):
        return (SetSearchPath(schemas=(cursor.string(),), scope=scope, origin=cursor.span(0)),)
    if not cursor.accept("search_path"):
        return ()
    cursor.one_of("to", "=")
    if cursor.accept("default"):
        return (SetSearchPath(schemas=None, scope=scope, origin=cursor.span(0)),)
    schemas = tuple(part[0].value for part in cursor.parts(cursor.rest()) if part)
    return (SetSearchPath(schemas=tuple(s for s in schemas if s), scope=scope, origin=cursor.span(0)),)


def reset(cursor: Cursor) -> tuple[Change, ...]:
    """After RESET or DISCARD."""
    word = cursor.next()
    if folded(word.value) not in {"search_path", "all"}:
        return ()
    return (SetSearchPath(schemas=None, origin=cursor.span(0)),)


def set_config(cursor: Cursor) -> tuple[Change, ...] | None:
    """``SELECT set_config('search_path', …, …)`` and nothing else, as pg_dump writes it."""
    cursor.accept("pg_catalog", ".")
    if not cursor.accept("set_config"):
        return None
    parts = cursor.parts(cursor.group())
    if len(parts) != 3 or any(len(part) != 1 for part in parts) or not cursor.done:
        return None
    name, value, local = (part[0] for part in parts)
    if folded(name.value) != "search_path":
        return ()
    if value.kind is not WordKind.STRING:
        return None
    schemas = tuple(_schema(part.strip()) for part in value.value.split(",") if part.strip())
    scope = Scope.LOCAL if local.key == "true" else Scope.SESSION
    return (SetSearchPath(schemas=schemas, scope=scope, origin=cursor.span(0)),)


def transaction(cursor: Cursor, first: str) -> tuple[Change, ...]:
    """BEGIN, START, COMMIT, END, ROLLBACK, ABORT, SAVEPOINT, RELEASE."""
    savepoint: str | None = None
    match first:
        case "begin" | "start":
            verb = TransactionVerb.BEGIN
        case "savepoint":
            verb, savepoint = TransactionVerb.SAVEPOINT, cursor.name()
        case "release":
            cursor.accept("savepoint")
            verb, savepoint = TransactionVerb.RELEASE, cursor.name()
        case "commit" | "end":
            verb = TransactionVerb.COMMIT
        case _:
            cursor.accept("work")
            cursor.accept("transaction")
            verb = TransactionVerb.ROLLBACK
            if cursor.accept("to"):
                cursor.accept("savepoint")
                verb, savepoint = TransactionVerb.ROLLBACK_TO, cursor.name()
    return (Transaction(verb=verb, savepoint=savepoint, origin=cursor.span(0)),)


def _schema(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else folded(text)
