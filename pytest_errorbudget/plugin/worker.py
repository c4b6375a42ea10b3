"""One of xdist's workers: it collects what the controller planned, says what that needs, and reads what was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.pipeline.sharing import ask, shared_planned
from pytest_errorbudget.plugin.collection import Collection
from pytest_errorbudget.plugin.needed import steps_needed
from pytest_errorbudget.plugin.running import SharedRun, join_run

FOLDER = "errorbudget_shared"
"""The key of ``workerinput`` that holds the folder of the run."""


def register_worker(config: pytest.Config, folder: Path) -> None:
    """Switch generated items on for this worker."""
    planned = shared_planned(folder)
    collection = Collection(planned)
    collection.add_paths(config)
    config.pluginmanager.register(collection, "errorbudget-collection")
    config.pluginmanager.register(Worker(join_run(config, planned.project, folder), folder), "errorbudget-session")


class Worker:
    """Asks as soon as the items are known: no item is handed out before the controller has an answer."""

    def __init__(self, shared: SharedRun, folder: Path) -> None:
        self.shared = shared
        self.folder = folder

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        needed = steps_needed(session.items)
        self.shared.expect(needed)
        ask(self.folder, needed)
