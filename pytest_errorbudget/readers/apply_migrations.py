"""Runs migrations on a database of our own as their tool would, statement by statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import sql

from pytest_errorbudget.model.migration import MigrationFailure, MigrationFile, MigrationSet, Statement
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.collations import lacks_icu, needs_icu, without_icu
from pytest_errorbudget.readers.migrations.tools import TOOLS

Connection = psycopg.Connection[tuple[Any, ...]]

_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|\w+|\S")
_ROLE = re.compile(
    r'\s*create\s+(?:role|user|group)\s+(?!mapping\b)(?:"(?P<quoted>[^"]+)"|(?P<plain>\w+))', re.IGNORECASE
)
_NO_EXTENSION = re.compile(r'extension "(?P<name>[^"]+)" is not available|extension/(?P<file>[\w-]+)\.control')


def bookkeeping_table(migrations: MigrationSet) -> str:
    """The name of the table in which the tool notes what it has applied; empty where there is none."""
    own = TOOLS[migrations.kind].bookkeeping
    return migrations.bookkeeping or (own.table if own is not None else "")


def create_bookkeeping(connection: Connection, migrations: MigrationSet) -> MigrationFailure | None:
    """Applies the sets before, and makes the tool's table of this one: migrations may touch it, so it is there before
    the first of them, as with the tool itself. Returns the failure of a set before, if one failed."""
    before = migrations.before
    if before is not None:
        failure = create_bookkeeping(connection, before) or apply_files(connection, before, before.files)
        if failure is not None:
            return failure
        if bookkeeping_table(before):
            connection.execute(sql.SQL("drop table if exists {} cascade").format(_table(before)))
        connection.execute("reset search_path")
    own = TOOLS[migrations.kind].bookkeeping
    if own is not None:
        connection.execute(sql.SQL(own.create).format(table=_table(migrations)))
    return None


def apply_files(
    connection: Connection, migrations: MigrationSet, files: Sequence[MigrationFile]
) -> MigrationFailure | None:
    """Runs some files of the set, one after another; stops at the first that fails."""
    return next((failed for file in files if (failed := apply_file(connection, migrations, file)) is not None), None)


def _table(migrations: MigrationSet) -> sql.Identifier:
    return sql.Identifier("public", bookkeeping_table(migrations))


def apply_file(
    connection: Connection,
    migrations: MigrationSet,
    file: MigrationFile,
    after: Callable[[int], None] = lambda _: None,
) -> MigrationFailure | None:
    """Runs one file of the set on a connection in autocommit mode: in one transaction unless the file opts out.

    ``after`` is called with the position of each statement once it has run. A file may commit by itself.
    """
    if file.transactional:
        connection.execute("begin")
    for position, statement in enumerate(file.statements):
        try:
            connection.execute(_runnable(connection, statement).encode(), prepare=False)
        except psycopg.Error as error:
            if not connection.closed:
                connection.execute("rollback")
            return _failure(statement, error)
        after(position)
    try:
        _finish(connection, migrations, file)
    except psycopg.Error as error:  # a deferred constraint speaks up here
        connection.execute("rollback")
        whole = file.statements[-1] if file.statements else Statement(sql="", span=Span(file.path, 1))
        return _failure(whole, error)
    return None


def _runnable(connection: Connection, statement: Statement) -> str:
    role = _ROLE.match(statement.sql)
    if role is not None and _is_there(connection, role["quoted"] or role["plain"].lower()):
        return "select"  # roles are the server's: another database's migrations, or this one's before, have made it
    needs = needs_icu(statement.sql) and lacks_icu(connection)
    return without_icu(statement.sql) if needs else statement.sql


def _is_there(connection: Connection, role: str) -> bool:
    found = connection.execute("select 1 from pg_catalog.pg_roles where rolname = %s", (role,)).fetchone()
    return found is not None


def _finish(connection: Connection, migrations: MigrationSet, file: MigrationFile) -> None:
    own = TOOLS[migrations.kind].bookkeeping
    if own is not None:
        values = {"version": sql.Literal(file.version), "name": sql.Literal(file.name)}
        _note(connection, sql.SQL(own.applied).format(table=_table(migrations), **values))
    if _in_transaction(connection):
        connection.execute("commit")


def _note(connection: Connection, applied: sql.Composed) -> None:
    """Write into the tool's table. A trigger on it may refuse whoever is not the service's own runner of migrations:
    that says nothing of the migration, which is kept."""
    inside = _in_transaction(connection)
    if inside:
        connection.execute("savepoint errorbudget_note")
    try:
        connection.execute(applied)
    except psycopg.errors.RaiseException:
        if inside:
            connection.execute("rollback to savepoint errorbudget_note")


def _in_transaction(connection: Connection) -> bool:
    return connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE


def _failure(statement: Statement, error: psycopg.Error) -> MigrationFailure:
    message = error.diag.message_primary or str(error).strip() or "the server closed the connection"
    hint = f" ({error.diag.message_hint})" if error.diag.message_hint else ""
    position = error.diag.statement_position
    extension = _lacking(message)
    return MigrationFailure(
        span=statement_start(statement) if position is None else span_within(statement, int(position) - 1),
        sqlstate=error.sqlstate or "",
        message=f"{message}{hint}" if extension is None else f'extension "{extension}" is not available',
        extension=extension,
    )


def _lacking(message: str) -> str | None:
    found = _NO_EXTENSION.search(message)
    return (found["name"] or found["file"]) if found is not None else None


def statement_start(statement: Statement) -> Span:
    """The first line of a statement, from where it begins."""
    return Span(statement.span.path, statement.span.line, statement.span.column)


def span_within(statement: Statement, offset: int, length: int | None = None) -> Span:
    """The word at a character of the statement (counted from 0), as a place in its file."""
    if length is None:
        word = _WORD.match(statement.sql, offset)
        length = len(word[0].split("\n")[0]) if word else 1
    before = statement.sql[:offset]
    lines = before.count("\n")
    column = offset - (before.rfind("\n") + 1) + (1 if lines else statement.span.column)
    line = statement.span.line + lines
    return Span(statement.span.path, line, column, line, column + length)
