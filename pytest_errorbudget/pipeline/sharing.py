"""Facts gathered once and shared by the workers of one run, through a locked file.

Most sessions have no workers: what locks and writes is imported where there are some.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.request import Request

_PREFIX = "run-"
_ALIVE = "alive.lock"


class SharedFolder:
    """A folder for the workers of one run, and the lock that says that the run goes on.

    Folders of runs that were killed are removed on the way: the system let go of their locks.
    """

    def __init__(self, project: Project) -> None:
        from filelock import FileLock

        parent = project.root / ".errorbudget"
        parent.mkdir(exist_ok=True)
        with FileLock(parent / "run.lock"):
            for folder in parent.glob(f"{_PREFIX}*"):
                _remove_if_left(folder)
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
            self._alive = FileLock(self.path / _ALIVE)
            self._alive.acquire()

    def remove(self) -> None:
        self._alive.release()
        shutil.rmtree(self.path, ignore_errors=True)


def _remove_if_left(folder: Path) -> None:
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / _ALIVE, timeout=0):
            pass
    except (Timeout, OSError):
        return
    shutil.rmtree(folder, ignore_errors=True)


def shared_facts(folder: Path | None, request: Request, gather: Callable[[], Facts]) -> Facts:
    """The facts of ``request``: from the shared folder where a worker has gathered them, else gathered now."""
    if folder is None:
        return gather()
    from filelock import FileLock

    from pytest_errorbudget.pipeline.codec import decode, encode

    name = "-".join(sorted(step.value for step in request.asked))
    file = folder / f"facts-{name}.json"
    with FileLock(folder / "gather.lock"):
        if file.is_file():
            return decode(file.read_bytes())
        facts = gather()
        partial = file.with_suffix(".partial")
        partial.write_bytes(encode(facts))
        os.replace(partial, file)
        return facts
