"""Where the settings are, seen from pytest's rootdir."""

from __future__ import annotations

from pathlib import Path

import pytest

SETTINGS = "errorbudget.toml"


def settings_place(rootpath: Path, config: str | None, invocation_dir: Path) -> tuple[Path, str]:
    """The folder that paths are relative to, and the settings file in it (which need not exist).

    Settings above the rootdir are refused: every node id would lose its path.
    """
    if config is not None:
        file = (invocation_dir / config).resolve()
        if not file.is_file():
            raise pytest.UsageError(
                f"--errorbudget-config {config}: there is no such file (looked for {file}). "
                "Give the path of an errorbudget.toml, relative to the current folder."
            )
        return _below(rootpath, file)
    if (rootpath / SETTINGS).is_file():
        return rootpath, SETTINGS
    above = next((folder for folder in rootpath.parents if (folder / SETTINGS).is_file()), None)
    if above is not None:
        return _below(rootpath, above / SETTINGS)
    return rootpath, SETTINGS


def _below(rootpath: Path, file: Path) -> tuple[Path, str]:
    folder = file.parent
    if not folder.is_relative_to(rootpath.resolve()):
        raise pytest.UsageError(
            f"the settings are {file}, but pytest's rootdir is {rootpath}, below or beside it: node ids would lose "
            f"their paths. Run pytest in {folder}, or put a pytest.ini (it may be empty) beside {file.name} "
            "so that every run has the same rootdir."
        )
    return folder, file.name
