"""A repository under test: its folder, its settings and its lock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.readers.discovery import discovered
from pytest_errorbudget.readers.lock_file import locked_schemas
from pytest_errorbudget.readers.settings import read_settings


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
    if not (root / settings_path).is_file():
        return Project(root=root, settings=discovered(root, settings_path))
    settings, problems = read_settings(root, settings_path, locked_schemas(root / "errorbudget.lock"))
    if settings is None:
        raise SettingsInvalid(problems)
    return Project(root=root, settings=settings)
