"""A session with ``--errorbudget``: what to collect, when to gather, what to publish."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_errorbudget.pipeline.collect import planned
from pytest_errorbudget.pipeline.publish import Outputs, publish
from pytest_errorbudget.pipeline.sharing import SharedFolder, asked, share_planned
from pytest_errorbudget.pipeline.steps import Steps
from pytest_errorbudget.plugin.collection import Collection
from pytest_errorbudget.plugin.needed import steps_needed
from pytest_errorbudget.plugin.options import Options
from pytest_errorbudget.plugin.running import project_of, shared_run
from pytest_errorbudget.plugin.terminal import Terminal
from pytest_errorbudget.plugin.worker import FOLDER


def register(config: pytest.Config, options: Options) -> None:
    """Switch generated items on for this session."""
    collection = Collection(planned(project_of(config)))
    collection.add_paths(config)
    terminal = Terminal(config, collection)
    config.pluginmanager.register(collection, "errorbudget-collection")
    config.pluginmanager.register(terminal, "errorbudget-terminal")
    config.pluginmanager.register(Session(config, options, collection, terminal), "errorbudget-session")


class Session:
    """Gathers once: before the first item runs or, for xdist's workers, before the first is handed out."""

    def __init__(self, config: pytest.Config, options: Options, collection: Collection, terminal: Terminal) -> None:
        self.config = config
        self.options = options
        self.collection = collection
        self.terminal = terminal
        self.shared_folder: SharedFolder | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        # A session whose collection failed runs nothing; xdist's controller has no items of its own.
        if not session.config.option.collectonly and not session.testsfailed:
            self._gather(steps_needed(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """xdist starts a worker: leave it what it collects."""
        if self.shared_folder is None:
            self.shared_folder = SharedFolder(self.collection.planned.project)
            share_planned(self.shared_folder.path, self.collection.planned)
            shared_run(self.config).folder = self.shared_folder.path
        node.workerinput[FOLDER] = str(self.shared_folder.path)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self) -> None:
        """A worker has collected; the others will ask for the same."""
        if self.shared_folder is not None:
            self._gather(asked(self.shared_folder.path))

    def _gather(self, needed: Steps) -> None:
        if needed:
            shared_run(self.config).outcome(needed, self.terminal.tell)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        shared = shared_run(self.config)
        if session.config.option.collectonly or shared.run is None or shared.facts is None:
            return
        published = publish(shared.project, shared.run, shared.facts, _outputs(self.options))
        self.terminal.said, self.terminal.failed = published.said, published.failed
        if published.failed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_unconfigure(self) -> None:
        if self.shared_folder is not None:
            self.shared_folder.remove()


def _outputs(options: Options) -> Outputs:
    return Outputs(
        log=options.place(options.log),
        facts=options.place(options.facts),
        counts=options.place(options.counts),
        update=options.update,
        baseline=options.baseline,
    )
