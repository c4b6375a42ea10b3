"""Which files hold a team's own SLI queries. Collection asks this, so it imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pytest_errorbudget.model.settings import Glob


def list_sli_files(root: Path, globs: Sequence[Glob]) -> tuple[str, ...]:
    """The files that the globs match below ``root``, sorted, each once."""
    return tuple(
        sorted({path.relative_to(root).as_posix() for glob in globs for path in root.glob(glob.text) if path.is_file()})
    )
