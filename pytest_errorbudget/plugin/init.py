"""``--errorbudget-init``: a first settings file, written from what the repository shows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pytest_errorbudget.model.formats.proposed_settings import PYTEST_INI, settings_text
from pytest_errorbudget.model.proposal import Proposal
from pytest_errorbudget.pipeline.project import first_settings, write_new
from pytest_errorbudget.plugin.options import Options
from pytest_errorbudget.plugin.root import settings_place


def write_settings(config: pytest.Config, options: Options) -> None:
    """Write the files and say so. Raises ``UsageError`` where a settings file exists: it is never overwritten."""
    if options.config is not None:
        raise pytest.UsageError(
            "--errorbudget-init writes errorbudget.toml in the rootdir: leave out --errorbudget-config"
        )
    root, path = settings_place(config.rootpath, None, options.invocation_dir)
    proposal = first_settings(root)
    _write(root / path, settings_text(proposal))
    lines = [f"wrote {path}: {_described(proposal)}"]
    if config.inipath is None:
        _write(root / "pytest.ini", PYTEST_INI)
        lines.append("wrote pytest.ini: it fixes pytest's rootdir, so that node ids are the same from every folder")
    lines.append(f"next: fill in `url` and `tenants` in {path}, then run: pytest --errorbudget")
    sys.stdout.write("\n".join((*lines, "")))


def _described(proposal: Proposal) -> str:
    if not proposal.databases:
        return "no folder of migrations was found; name it there"
    every = (folder for database in proposal.databases for folder in (*database.shared, database.migrations))
    folders = ", ".join(every)
    services = ", ".join(proposal.services)
    return f"migrations in {folders}; " + (f"services {services}" if services else "no Rust service was found")


def _write(file: Path, text: str) -> None:
    try:
        write_new(file, text)
    except FileExistsError:
        raise pytest.UsageError(
            f"{file} exists already, and --errorbudget-init overwrites nothing: edit it, or remove it first"
        ) from None
    except OSError as error:
        raise pytest.UsageError(f"{file} cannot be written: {error.strerror}") from None
