"""A repository under test: its folder, its settings and its lock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.proposal import Proposal
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.readers.discovery import completed, discovered, proposed, workspace_around
from pytest_errorbudget.readers.lock_file import locked_schemas
from pytest_errorbudget.readers.settings import read_settings

__all__ = ["Project", "SettingsInvalid", "first_settings", "open_project", "workspace_around", "write_new"]


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
    return Project(root=root, settings=completed(root, settings))


def first_settings(root: Path) -> Proposal:
    """What a repository without settings suggests for them."""
    return proposed(root)


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet. Raises ``FileExistsError`` where it is, and ``OSError``."""
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
