"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

_DEFAULT_MODE = 0o666


def write_whole(path: Path, fill: Callable[[Path], None]) -> None:
    """Let ``fill`` write a temporary file beside ``path``, then put it in its place; parents are created.

    Whatever goes wrong, ``path`` holds its old content or the whole new one. Raises ``OSError`` and what ``fill``
    raises.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        fill(temporary)
        # mkstemp makes a private file; a report is as readable as any other file that its user writes.
        temporary.chmod(_DEFAULT_MODE & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    write_whole(path, lambda temporary: _write(temporary, content))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _umask() -> int:
    """The process's umask; the system tells it only in exchange for a new one."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
