"""Folders that outlive a run."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

_NAME = "pytest-errorbudget"


def cache_folder() -> Path:
    """A folder that outlives the run. For root it is one that the server's system user can reach."""
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir()))
    elif os.geteuid() == 0:
        root = Path("/var/cache")
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for candidate in (root / _NAME, Path(tempfile.gettempdir()) / f"{_NAME}-{_owner()}"):
        if _made(candidate):
            return candidate
    return Path(tempfile.mkdtemp(prefix=f"{_NAME}-"))


def kept_folder() -> Path:
    """A folder that outlives the run, for what no server has to reach: ``XDG_CACHE_HOME`` where it is set, for root
    too."""
    root = os.environ.get("XDG_CACHE_HOME")
    folder = Path(root) / _NAME if root else None
    return folder if folder is not None and _made(folder) else cache_folder()


def _owner() -> str:
    return str(os.geteuid()) if sys.platform != "win32" else "user"


def _made(folder: Path) -> bool:
    """Whether the folder is there, ours and writable: another user's folder of that name is never used."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        status = folder.lstat()
    except OSError:
        return False
    ours = sys.platform == "win32" or status.st_uid == os.geteuid()
    return ours and folder.is_dir() and not folder.is_symlink() and os.access(folder, os.W_OK)
