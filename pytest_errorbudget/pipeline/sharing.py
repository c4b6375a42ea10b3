"""What the processes of one run share through a folder: what to collect, what is asked for, and the run, made once.

The controller writes what it planned, a worker answers with the steps that the collected items need, and the
controller gathers and judges them. Workers read the run, and import nothing that gathers or judges. Values cross as
pickles: they are read by the run that wrote them, out of a folder that is its user's alone.
"""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytest_errorbudget.model.run import Run
from pytest_errorbudget.pipeline.planned import Planned
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.steps import Steps

_PREFIX = "run-"
_ALIVE = "alive.lock"
_PLANNED = "planned"
_ASKED = "asked"


class SharedFolder:
    """The folder of one run, and the lock that says that the run goes on.

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


def share_planned(folder: Path, planned: Planned) -> None:
    _write(folder / _PLANNED, planned)


def shared_planned(folder: Path) -> Planned:
    """What the controller planned."""
    planned: Planned = _read(folder / _PLANNED)
    return planned


def ask(folder: Path, steps: Steps) -> None:
    """Ask the controller for a run of ``steps``. All workers collect the same items, so all ask for the same."""
    _write(folder / _ASKED, steps)


def asked(folder: Path) -> Steps:
    """What a worker asked for."""
    steps: Steps = _read(folder / _ASKED)
    return steps


def shared_run(folder: Path, steps: Steps, make: Callable[[], Run]) -> Run:
    """The run of ``steps``: from the folder where a process has made it, else made now, by one process at a time."""
    file = folder / "-".join(sorted(step.value for step in steps))
    if not file.is_file():
        from filelock import FileLock

        with FileLock(file.with_suffix(".lock")):
            if not file.is_file():
                run = make()
                _write(file, run)
                return run
    made: Run = _read(file)
    return made


def _write(file: Path, value: object) -> None:
    """Whole or not at all: a process may be killed, and others look for the file."""
    partial = file.with_suffix(f".{os.getpid()}")
    partial.write_bytes(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
    os.replace(partial, file)


def _read(file: Path) -> Any:
    return pickle.loads(file.read_bytes())
