"""Which files of a folder are migrations, and in which order: names only, so that collection can ask.

Nothing here imports sqlglot.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.migrations.detect import detected
from pytest_errorbudget.readers.migrations.tool import BadName, Folder, Listed, Tool
from pytest_errorbudget.readers.migrations.tools import TOOLS

_DEPTH = 3  # Flyway and refinery read subfolders


@dataclass(frozen=True, slots=True)
class Layout:
    """A folder of migrations: its tool, its files in the tool's order (``path`` is relative to the root), and what is
    wrong with their names."""

    kind: MigrationKind
    path: str
    files: tuple[Listed, ...]
    problems: tuple[Problem, ...]


def list_migrations(root: Path, path: str, kind: MigrationKind | None = None) -> tuple[str, ...]:
    """The paths of the migrations in the order in which they are applied; nothing where the folder is missing."""
    try:
        return tuple(listed.path for listed in read_layout(root, path, kind).files)
    except Unreadable:
        return ()


def read_layout(root: Path, path: str, kind: MigrationKind | None = None) -> Layout:
    """The layout of the folder ``path`` under ``root``; ``kind`` overrides what the layout says.

    A folder in which nothing looks like a migration is taken for sqlx's. Raises ``Unreadable`` where the folder is
    missing, is a file, or may not be listed.
    """
    at = _posix(path)
    folder = read_folder(root, at)
    tool = TOOLS[kind or detected(root, at, folder) or MigrationKind.SQLX]
    entries = tool.listed(folder)
    files = tuple(_from_root(at, e) for e in entries if isinstance(e, Listed))
    bad = tuple(_bad_name(at, e) for e in entries if isinstance(e, BadName))
    return Layout(tool.kind, at, files, (*bad, *_duplicates(files, tool)))


def read_folder(root: Path, path: str) -> Folder:
    """The files of a folder and of its subfolders. Raises ``Unreadable``."""
    try:
        return Folder(tuple(sorted(_files(root / path, "", _DEPTH))))
    except FileNotFoundError:
        raise Unreadable(_no_folder(path, "does not exist")) from None
    except NotADirectoryError:
        raise Unreadable(_no_folder(path, "is a file, not a folder")) from None
    except OSError as error:
        raise Unreadable(_no_folder(path, f"cannot be listed: {error.strerror}")) from None


def _files(folder: Path, prefix: str, depth: int) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file():
                yield prefix + entry.name
            elif depth and entry.is_dir(follow_symlinks=False):
                yield from _readable(Path(entry.path), f"{prefix}{entry.name}/", depth - 1)


def _readable(folder: Path, prefix: str, depth: int) -> Iterator[str]:
    """A subfolder that may not be read holds no migrations of ours."""
    try:
        yield from _files(folder, prefix, depth)
    except OSError:
        return


def _from_root(folder: str, entry: Listed) -> Listed:
    options = None if entry.options is None else _under(folder, entry.options)
    return replace(entry, path=_under(folder, entry.path), options=options)


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


def _bad_name(folder: str, entry: BadName) -> Problem:
    path = _under(folder, entry.path)
    return Problem(
        rule=Rule.MIGRATIONS_UNREADABLE,
        message=entry.message,
        place=path,
        span=Span(path, 1),
        consequence=entry.consequence,
        help=entry.help,
    )


def _duplicates(files: tuple[Listed, ...], tool: Tool) -> tuple[Problem, ...]:
    versioned = [file for file in files if not file.again]
    return tuple(
        Problem(
            rule=Rule.MIGRATIONS_UNREADABLE,
            message=f"version {second.version} is used twice: `{first.path}` has it too",
            place=second.path,
            span=Span(second.path, 1),
            consequence=tool.twice,
            help="Give one of the two files a version of its own.",
        )
        for first, second in pairwise(versioned)
        if first.version == second.version
    )
