"""What killed runs left behind: found by a folder whose owner's lock is free."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pytest_errorbudget.readers.scratch.places import RUN_PREFIX, run_roots

OWNER_LOCK = "owner.lock"
SERVER_PID = "server.pid"
_STOP_TIMEOUT_S = 10.0
_HALF_MADE_S = 60.0


def remove_leftovers() -> None:
    """Stops the servers and removes the folders of runs whose process is gone; leaves every living run alone."""
    for root in run_roots():
        for folder in sorted(root.glob(f"{RUN_PREFIX}*")):
            if _is_ours(folder):
                _remove_if_left(folder)


def _is_ours(folder: Path) -> bool:
    """Not another user's, which cannot even be looked into, and not one that is just being made.

    A folder without its lock that is old enough was half removed.
    """
    try:
        if folder.is_symlink():
            return False
        return (folder / OWNER_LOCK).is_file() or time.time() - folder.stat().st_mtime > _HALF_MADE_S
    except OSError:
        return False


def _remove_if_left(folder: Path) -> None:
    lock = FileLock(folder / OWNER_LOCK)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return  # its owner lives, or it is another user's
    try:
        _stop_server(folder)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        lock.release()


def _stop_server(folder: Path) -> None:
    try:
        pid = int((folder / SERVER_PID).read_text())
    except (OSError, ValueError):
        return
    if sys.platform == "win32" or not _is_server_of(pid, folder):
        return
    _signal(pid, signal.SIGQUIT)
    deadline = time.monotonic() + _STOP_TIMEOUT_S
    while _is_server_of(pid, folder) and time.monotonic() < deadline:
        time.sleep(0.02)
    if _is_server_of(pid, folder):
        _signal(pid, signal.SIGKILL)


def _is_server_of(pid: int, folder: Path) -> bool:
    """A number may have been given to another process since: only one whose command names the folder is ours."""
    return str(folder) in _command(pid)


def _command(pid: int) -> str:
    proc = Path("/proc") / str(pid) / "cmdline"
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
