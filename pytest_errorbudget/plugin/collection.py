"""Collection of what was planned, which connects to nothing and is the same in every process of a run."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from pytest_errorbudget.pipeline.planned import Planned, PlannedItem
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

    def __init__(self, planned: Planned) -> None:
        self.planned = planned
        self._by_file = _by_file(planned.project.root, planned.items)
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

    def add_paths(self, config: pytest.Config) -> None:
        """``testpaths = tests`` must not hide our items. Paths given on the command line are obeyed as they are."""
        if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
            return
        start = config.invocation_params.dir
        covered = {Path(os.path.abspath(start / argument)) for argument in config.args}
        config.args += [str(file) for file in sorted(self._by_file) if covered.isdisjoint((file, *file.parents))]

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
