"""Where a checkout keeps its migrations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.readers.migrations.layout import list_migrations

_NEVER = frozenset({".git", "target", "node_modules", "vendor"})


def folders(checkout: Path) -> list[str]:
    """Every folder that is called after migrations and holds some, relative to the checkout."""
    found: list[str] = []
    for folder in _walk(checkout):
        path = str(folder.relative_to(checkout))
        if "migration" not in path or any(path.startswith(f"{above}/") for above in found):
            continue
        try:
            files = list_migrations(checkout, path)
        except Unreadable:
            continue
        if any(file.endswith(".sql") for file in files):
            found.append(path)
    return sorted(found)


def _walk(folder: Path) -> Iterator[Path]:
    for child in sorted(folder.iterdir()):
        if child.is_dir() and not child.is_symlink() and child.name not in _NEVER:
            yield child
            yield from _walk(child)
