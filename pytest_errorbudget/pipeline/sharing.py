"""Facts gathered once and shared by the workers of one run, through a locked file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.pipeline.codec import decode, encode
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.request import Request


def new_shared_folder(project: Project) -> Path:
    """A folder for one run; whoever asked for it removes it."""
    parent = project.root / ".errorbudget"
    parent.mkdir(exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="run-", dir=parent))


def shared_facts(folder: Path | None, request: Request, gather: Callable[[], Facts]) -> Facts:
    """The facts of ``request``: from the shared folder where a worker has gathered them, else gathered now."""
    if folder is None:
        return gather()
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
