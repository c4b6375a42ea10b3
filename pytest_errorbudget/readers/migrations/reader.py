"""Migrations read from disk: each file once, as text and as statements with their places."""

from __future__ import annotations

from pathlib import Path

from pytest_errorbudget.model.migration import MigrationFile, MigrationSet
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.migrations import sqlx
from pytest_errorbudget.readers.migrations.layout import Listed, read_layout
from pytest_errorbudget.readers.migrations.statements import split

_BYTE_ORDER_MARK = "\ufeff"


def read_migrations(root: Path, path: str) -> tuple[MigrationSet, tuple[Problem, ...]]:
    """The migrations of the folder ``path`` under ``root``, and what is wrong with them.

    A file that is not UTF-8 is kept with its bad bytes replaced, so that the others still build on it, and is a
    problem; one that cannot be opened is left out and is a problem. Raises ``Unreadable`` without a folder.
    """
    layout = read_layout(root, path)
    files: list[MigrationFile] = []
    problems = list(layout.problems)
    for listed in layout.files:
        try:
            content = (root / listed.path).read_bytes()
        except OSError as error:
            problems.append(_closed(listed.path, error.strerror or "unknown error"))
            continue
        text, problem = decoded(content, listed.path)
        problems.extend(() if problem is None else (problem,))
        files.append(migration_file(listed, text))
    return MigrationSet(kind=layout.kind, path=layout.path, files=tuple(files)), tuple(problems)


def migration_file(listed: Listed, text: str) -> MigrationFile:
    return MigrationFile(
        path=listed.path,
        version=listed.version,
        name=listed.name,
        text=text,
        statements=split(text, listed.path),
        transactional=sqlx.is_transactional(text),
    )


def decoded(content: bytes, path: str) -> tuple[str, Problem | None]:
    """The text of a file without its byte order mark; line ends stay as they are."""
    try:
        return content.decode("utf-8").removeprefix(_BYTE_ORDER_MARK), None
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        text = content.decode("utf-8", errors="replace").removeprefix(_BYTE_ORDER_MARK)
        return text, _not_utf8(Span(path, line, column), content[error.start])


def _not_utf8(span: Span, byte: int) -> Problem:
    return Problem(
        rule=Rule.MIGRATIONS_UNREADABLE,
        message=f"the file is not UTF-8: byte 0x{byte:02X}",
        place=span.path,
        span=span,
        consequence="sqlx cannot read the file, so the migration fails; here the bad bytes are replaced.",
        help="Save the file as UTF-8.",
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
