"""The folders of a run's own servers, in memory where there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_ROOM_BYTES = 512 * 1024 * 1024
_MEMORY = Path("/dev/shm")
RUN_PREFIX = "pytest-errorbudget-run-"


def run_root() -> Path:
    """Where the data of a run lies: memory where there is some with room, else the folder for temporary files."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES:
        return _MEMORY
    return Path(tempfile.gettempdir())


def run_roots() -> tuple[Path, ...]:
    """Every folder in which an earlier run may have left something."""
    return tuple(dict.fromkeys(path for path in (_MEMORY, Path(tempfile.gettempdir())) if path.is_dir()))
