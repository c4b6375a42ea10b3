"""Collection. It connects to nothing: settings, the lock, file names of migrations and the Rust sources are enough."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from pytest_errorbudget.pipeline.collect import PlannedItem, planned_items
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.plugin.items import DeterminismItem, ErrorBudgetItem

_CACHE_TAG = "CACHEDIR.TAG"


class ErrorBudgetFile(pytest.File):
    """A file that has generated items: the settings, a migration or a Rust source."""

    def __init__(self, *, planned: tuple[PlannedItem, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.planned = planned

    def collect(self) -> Iterator[pytest.Item]:
        for planned in self.planned:
            kind = ErrorBudgetItem if planned.laws is None else DeterminismItem
            name = planned.id.name
            # The id is given whole: pytest would take the bracket for parameters and `--lf` would miss the item.
            yield kind.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", planned=planned)


class Collection:
    """Answers pytest's questions about files and folders."""

    def __init__(self, project: Project) -> None:
        self.items = planned_items(project)
        self._by_file = _by_file(project.root, self.items)
        self._folders = {folder for file in self._by_file for folder in file.parents}

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> bool | None:
        if collection_path in self._folders:
            # A service may be called `build`, which pytest passes over; a folder that the user leaves out stays so.
            passed_over = any(fnmatch(collection_path.name, name) for name in config.getini("norecursedirs"))
            return False if passed_over and not _left_out(collection_path, config) else None
        return True if (collection_path / _CACHE_TAG).is_file() else None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        planned = self._by_file.get(file_path)
        return None if planned is None else ErrorBudgetFile.from_parent(parent, path=file_path, planned=planned)

    def count_under(self, arguments: Sequence[str], folder: Path) -> int:
        """How many items the command line's paths and ids ask for; ``folder`` is what they are relative to."""
        whole: set[Path] = set()
        named: set[tuple[Path, str]] = set()
        for argument in arguments:
            path, _, name = argument.partition("::")
            place = Path(os.path.abspath(folder / path))
            if name:
                named.add((place, name))
            else:
                whole.add(place)
        return sum(
            len(planned)
            if file in whole or not whole.isdisjoint(file.parents)
            else sum((file, item.id.name) in named for item in planned)
            for file, planned in self._by_file.items()
        )

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that has items, sorted."""
        return tuple(sorted(self._by_file))


def _left_out(folder: Path, config: pytest.Config) -> bool:
    """Whether ``--ignore`` or ``--ignore-glob`` names the folder."""
    start = config.invocation_params.dir
    ignored = [os.path.abspath(start / path) for path in config.getoption("ignore") or ()]
    globs = [os.path.abspath(start / glob) for glob in config.getoption("ignore_glob") or ()]
    return str(folder) in ignored or any(fnmatch(str(folder), glob) for glob in globs)


def _by_file(root: Path, items: tuple[PlannedItem, ...]) -> Mapping[Path, tuple[PlannedItem, ...]]:
    files: defaultdict[str, list[PlannedItem]] = defaultdict(list)
    for item in items:
        files[item.id.path].append(item)
    return {root / path: tuple(planned) for path, planned in files.items()}
