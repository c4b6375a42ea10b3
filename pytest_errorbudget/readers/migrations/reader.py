"""Migrations read from disk: each file once, as text and as statements with their places."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import assert_never

from pytest_errorbudget.model.migration import MigrationFile, MigrationKind, MigrationSet, Statement
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import MigrationSettings
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.migrations.layout import read_layout
from pytest_errorbudget.readers.migrations.statements import split
from pytest_errorbudget.readers.migrations.templates import makes_the_schema, with_schema
from pytest_errorbudget.readers.migrations.tool import Tool, Transaction, Up
from pytest_errorbudget.readers.migrations.tools import TOOLS
from pytest_errorbudget.readers.sqlx_toml import migrate_settings

_BYTE_ORDER_MARK = "\ufeff"


def read_migrations(root: Path, path: str) -> tuple[MigrationSet, tuple[Problem, ...]]:
    """The migrations of the folder ``path`` under ``root``, of the kind that its layout shows."""
    return read_migration_set(root, MigrationSettings(path=path))


def read_migration_set(root: Path, settings: MigrationSettings) -> tuple[MigrationSet, tuple[Problem, ...]]:
    """The migrations that the settings name, and what is wrong with them.

    A file that is not UTF-8 is kept with its bad bytes replaced, so that the others still build on it, and is a
    problem; one that cannot be opened is left out and is a problem. Raises ``Unreadable`` without a folder.
    """
    layout = read_layout(root, settings.path, settings.kind)
    tool = TOOLS[layout.kind]
    files: list[MigrationFile] = []
    problems = list(layout.problems)
    for listed in layout.files:
        try:
            content = (root / listed.path).read_bytes()
            options = (root / listed.options).read_text("utf-8", "replace") if listed.options else None
        except OSError as error:
            problems.append(_closed(listed.path, error.strerror or "unknown error"))
            continue
        text, undecoded = decoded(content, listed.path, tool.name)
        up = tool.up(text, options)
        unusable = None if listed.unread or up.problem is None else _no_way_up(listed.path, up.problem, tool)
        problems.extend(problem for problem in (undecoded, unusable) if problem is not None)
        statements = () if listed.unread else _statements(text, up, listed.path, settings.schema)
        files.append(
            MigrationFile(
                path=listed.path,
                version=listed.version,
                name=listed.name,
                text=text,
                statements=statements,
                transactional=_transactional(up.transaction, len(statements)),
                checksum=tool.checksum(listed, content),
                unread=listed.unread,
            )
        )
    bookkeeping = settings.bookkeeping or _bookkeeping(root, layout.kind, layout.path)
    found = MigrationSet(kind=layout.kind, path=layout.path, files=tuple(files), bookkeeping=bookkeeping)
    return found, tuple(problems)


def _bookkeeping(root: Path, kind: MigrationKind, path: str) -> str | None:
    """The table that ``sqlx.toml`` beside the folder names."""
    if kind is not MigrationKind.SQLX:
        return None
    return migrate_settings(root, str(PurePosixPath(path).parent)).table


def _statements(text: str, up: Up, path: str, placeholder: str | None) -> tuple[Statement, ...]:
    if placeholder is None:
        return split(text, path, up.start, up.end)
    statements = split(with_schema(text, placeholder), path, up.start, up.end)
    return tuple(statement for statement in statements if not makes_the_schema(statement.sql))


def _transactional(transaction: Transaction, statements: int) -> bool:
    match transaction:
        case Transaction.ONE:
            return True
        case Transaction.NONE:
            return False
        case Transaction.STRING:
            return statements > 1
    assert_never(transaction)


def decoded(content: bytes, path: str, tool: str) -> tuple[str, Problem | None]:
    """The text of a file without its byte order mark; line ends stay as they are."""
    try:
        return content.decode("utf-8").removeprefix(_BYTE_ORDER_MARK), None
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        text = content.decode("utf-8", errors="replace").removeprefix(_BYTE_ORDER_MARK)
        return text, _not_utf8(Span(path, line, column), content[error.start], tool)


def _not_utf8(span: Span, byte: int, tool: str) -> Problem:
    return Problem(
        rule=Rule.MIGRATIONS_UNREADABLE,
        message=f"the file is not UTF-8: byte 0x{byte:02X}",
        place=span.path,
        span=span,
        consequence=f"{tool} cannot read the file, so the migration fails; here the bad bytes are replaced.",
        help="Save the file as UTF-8.",
    )


def _no_way_up(path: str, why: str, tool: Tool) -> Problem:
    return Problem(
        rule=Rule.MIGRATIONS_UNREADABLE,
        message=f"{why}, so nothing of it is applied",
        place=path,
        span=Span(path, 1),
        consequence=f"{tool.name} refuses the file; here it changes nothing.",
        help="Write that line before the first statement, or move the file out of the folder.",
    )


def _closed(path: str, why: str) -> Problem:
    return Problem(
        rule=Rule.MIGRATIONS_UNREADABLE,
        message=f"the file cannot be read: {why}",
        place=path,
        span=Span(path, 1),
        consequence="The migration is missing from the expected schema, and those after it may fail.",
        help="Make the file readable.",
    )
