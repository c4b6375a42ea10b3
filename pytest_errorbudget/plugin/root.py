"""Where the settings are, seen from pytest's rootdir."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_errorbudget.pipeline.project import workspace_around

SETTINGS = "errorbudget.toml"


def settings_place(rootpath: Path, config: str | None, invocation_dir: Path) -> tuple[Path, str]:
    """The folder that paths are relative to, and the settings file in it (which need not exist).

    Settings, or a Cargo workspace without settings, above the rootdir are refused: node ids would lose their paths.
    """
    if config is not None:
        # Not resolved: pytest does not follow links either, and both must see the same paths.
        file = Path(os.path.abspath(invocation_dir / config))
        if not file.is_file():
            raise pytest.UsageError(
                f"--errorbudget-config {config}: there is no such file (looked for {file}). "
                "Give the path of an errorbudget.toml, relative to the current folder."
            )
        if not file.parent.is_relative_to(rootpath):
            raise _outside(rootpath, file)
        return file.parent, file.name
    if not (rootpath / SETTINGS).is_file():
        above = next((folder for folder in rootpath.parents if (folder / SETTINGS).is_file()), None)
        if above is not None:
            raise _outside(rootpath, above / SETTINGS)
        workspace = workspace_around(rootpath)
        if workspace not in (None, rootpath):
            raise _outside(rootpath, workspace / "Cargo.toml")
    return rootpath, SETTINGS


def _outside(rootpath: Path, file: Path) -> pytest.UsageError:
    what = "the settings are" if file.suffix == ".toml" and file.name != "Cargo.toml" else "the Cargo workspace is"
    return pytest.UsageError(
        f"{what} {file}, but pytest's rootdir is {rootpath}, below or beside it: node ids would lose their paths. "
        f"Run pytest in {file.parent}, or put a pytest.ini (it may hold `[pytest]` alone) beside {file.name} "
        "so that every run has the same rootdir."
    )
