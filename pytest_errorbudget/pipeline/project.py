"""A repository under test: its folder, its settings and its lock.

A worker of xdist takes the project from its controller: what reads settings is imported where they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.proposal import Proposal
from pytest_errorbudget.model.settings import Settings


class SettingsInvalid(Exception):
    """The settings cannot be understood; every problem names its line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All paths in ``settings`` are relative to ``root``."""

    root: Path
    settings: Settings

    @property
    def lock(self) -> Path:
        return (self.root / self.settings.path).with_name("errorbudget.lock")


def open_project(root: Path, settings_path: str) -> Project:
    """Read the settings below ``root``; without a settings file, what the repository itself shows.

    Raises ``SettingsInvalid``.
    """
    from pytest_errorbudget.readers.discovery import discovered
    from pytest_errorbudget.readers.lock_file import locked_cohorts

    if not (root / settings_path).is_file():
        return Project(root=root, settings=discovered(root, settings_path))
    lock = root / "errorbudget.lock"
    return _opened(root, settings_path, locked_cohorts(lock))


def with_fresh_cohorts(project: Project, env: Mapping[str, str]) -> Project:
    """The same project with the cohorts that the databases' own tables say now. Raises ``Unreadable``."""
    asked = [(database, database.cohorts) for database in project.settings.databases if database.cohorts is not None]
    if not asked:
        return project
    from pytest_errorbudget.readers.cohort_table import read_cohort_table
    from pytest_errorbudget.readers.lock_file import locked_cohorts

    fresh = dict(locked_cohorts(project.lock))
    for database, column in asked:
        fresh.update(read_cohort_table(database, column, env))
    return _opened(project.root, project.settings.path, fresh)


def _opened(root: Path, settings_path: str, cohorts: Mapping[str, str]) -> Project:
    from pytest_errorbudget.readers.discovery import completed
    from pytest_errorbudget.readers.lock_file import locked_schemas
    from pytest_errorbudget.readers.settings.read import read_settings

    schemas = locked_schemas(root / "errorbudget.lock")
    settings, problems = read_settings(root, settings_path, schemas, cohorts)
    if settings is None:
        raise SettingsInvalid(problems)
    return Project(root=root, settings=completed(root, settings))


def first_settings(root: Path) -> Proposal:
    """What a repository without settings suggests for them."""
    from pytest_errorbudget.readers.discovery import proposed

    return proposed(root)


def workspace_around(folder: Path) -> Path | None:
    """The nearest folder, this one or one above it, whose manifest is that of a Cargo workspace."""
    from pytest_errorbudget.readers import discovery

    return discovery.workspace_around(folder)


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet. Raises ``FileExistsError`` where it is, and ``OSError``."""
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
