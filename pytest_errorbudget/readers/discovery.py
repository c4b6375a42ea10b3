"""What a repository shows without any settings: its workspace, and its migrations where there is one folder of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.settings import Database, MigrationSettings, Settings
from pytest_errorbudget.model.source import Span

_DEPTH = 4
_PASSED_OVER = {"target", "node_modules", "vendor", "dist", "venv"}


def discovered(root: Path, settings_path: str) -> Settings:
    """Settings with no tenants and no events; several folders of migrations are counted as not checked."""
    folders = tuple(sorted(_migration_folders(root, root, _DEPTH)))
    place = Span(settings_path, 1)
    database = Database(
        name="default",
        url=None,
        migrations=MigrationSettings(path=folders[0]) if len(folders) == 1 else None,
        services=(),
        tenants=(),
        span=place,
    )
    unchecked = tuple(
        Unchecked("migrations", folder, f"{len(folders)} folders hold migrations: name them in {settings_path}")
        for folder in (folders if len(folders) > 1 else ())
    )
    return Settings(path=settings_path, exists=False, manifest="Cargo.toml", databases=(database,), unchecked=unchecked)


def _migration_folders(root: Path, folder: Path, depth: int) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    if folder.name == "migrations" and any(entry.name.endswith(".sql") and entry.is_file() for entry in entries):
        yield folder.relative_to(root).as_posix()
        return
    for entry in entries:
        hidden = entry.name.startswith(".") or entry.name in _PASSED_OVER
        if depth and not hidden and entry.is_dir(follow_symlinks=False):
            if os.path.lexists(os.path.join(entry.path, "CACHEDIR.TAG")):
                continue
            yield from _migration_folders(root, Path(entry.path), depth - 1)
