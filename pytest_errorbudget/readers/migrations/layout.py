"""Which files of a folder are migrations, and in which order: names only, so that collection can ask.

Nothing here imports sqlglot.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.migrations import sqlx


@dataclass(frozen=True, slots=True)
class Listed:
    """One migration before it is read; ``path`` is relative to the root, with forward slashes."""

    path: str
    version: str
    name: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A folder of migrations: its tool, its files in the tool's order, and what is wrong with their names."""

    kind: MigrationKind
    path: str
    files: tuple[Listed, ...]
    problems: tuple[Problem, ...]


def list_migrations(root: Path, path: str) -> tuple[str, ...]:
    """The paths of the migrations in the order in which they are applied; nothing where the folder is missing."""
    try:
        return tuple(listed.path for listed in read_layout(root, path).files)
    except Unreadable:
        return ()


def read_layout(root: Path, path: str) -> Layout:
    """The layout of the folder ``path`` under ``root``.

    Raises ``Unreadable`` where the folder is missing, is a file, or may not be listed.
    """
    folder = _posix(path)
    entries = [sqlx.entry(name) for name in _file_names(root, folder)]
    good = sorted(e for e in entries if isinstance(e, sqlx.Entry))
    bad = sorted((e for e in entries if isinstance(e, sqlx.BadVersion)), key=lambda e: e.file_name)
    files = tuple(Listed(_under(folder, e.file_name), str(e.version), e.name) for e in good)
    problems = (*(_bad_version(folder, e) for e in bad), *_duplicates(files))
    return Layout(MigrationKind.SQLX, folder, files, problems)


def _file_names(root: Path, folder: str) -> list[str]:
    try:
        return [child.name for child in (root / folder).iterdir() if child.is_file()]
    except FileNotFoundError:
        raise Unreadable(_no_folder(folder, "does not exist")) from None
    except NotADirectoryError:
        raise Unreadable(_no_folder(folder, "is a file, not a folder")) from None
    except OSError as error:
        raise Unreadable(_no_folder(folder, f"cannot be listed: {error.strerror}")) from None


def _posix(path: str) -> str:
    return str(PurePosixPath(path.replace("\\", "/")))


def _under(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"


def _no_folder(folder: str, why: str) -> Problem:
    return Problem(
        rule=Rule.MIGRATIONS_UNREADABLE,
        message=f"the migration folder `{folder}` {why}",
        place=folder,
        consequence="Without migrations there is no expected schema: no tenant, row type or query is checked.",
        help='Set `migrations = { path = "…" }` of this database to the folder that holds its migrations.',
    )


def _bad_version(folder: str, entry: sqlx.BadVersion) -> Problem:
    path = _under(folder, entry.file_name)
    return Problem(
        rule=Rule.MIGRATIONS_UNREADABLE,
        message=f"`{entry.version}` is not a version: sqlx reads the text before the first `_` as a 64-bit integer",
        place=path,
        span=Span(path, 1),
        consequence="sqlx refuses the whole folder, so the service does not start; here the file is left out.",
        help="Rename the file to `<integer>_<description>.sql`, or move it out of the folder.",
    )


def _duplicates(files: tuple[Listed, ...]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            rule=Rule.MIGRATIONS_UNREADABLE,
            message=f"version {second.version} is used twice: `{first.path}` has it too",
            place=second.path,
            span=Span(second.path, 1),
            consequence="sqlx stores one row a version and fails on the second file when it migrates.",
            help="Give one of the two files a version of its own.",
        )
        for first, second in pairwise(files)
        if first.version == second.version
    )
