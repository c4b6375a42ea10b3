"""A session with ``--errorbudget``: what to collect, when to gather, what to publish."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pytest_errorbudget.model.run import StepName
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.publish import Outputs, publish
from pytest_errorbudget.pipeline.sharing import SharedFolder
from pytest_errorbudget.pipeline.steps import EVERY_STEP
from pytest_errorbudget.plugin.collection import Collection
from pytest_errorbudget.plugin.items import ErrorBudgetItem
from pytest_errorbudget.plugin.options import Options
from pytest_errorbudget.plugin.running import project_of, shared_run, silently
from pytest_errorbudget.plugin.terminal import Terminal


def register(config: pytest.Config, options: Options) -> None:
    """Switch generated items on for this session."""
    project = project_of(config)
    collection = Collection(project)
    _add_paths(config, collection)
    config.pluginmanager.register(collection, "errorbudget-collection")
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Worker(config), "errorbudget-session")
        return
    terminal = Terminal(config, collection)
    config.pluginmanager.register(terminal, "errorbudget-terminal")
    config.pluginmanager.register(Session(config, options, project, terminal), "errorbudget-session")


def _add_paths(config: pytest.Config, collection: Collection) -> None:
    """``testpaths = tests`` must not hide our items. Paths given on the command line are obeyed as they are."""
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    start = config.invocation_params.dir
    covered = {Path(os.path.abspath(start / argument)) for argument in config.args}
    config.args += [str(file) for file in collection.files if covered.isdisjoint((file, *file.parents))]


def steps_needed(items: Iterable[pytest.Item]) -> frozenset[StepName]:
    """What the selected items need gathered: nothing where none of them is ours or uses the shared run."""
    needed: frozenset[StepName] = frozenset()
    for item in items:
        if isinstance(item, ErrorBudgetItem):
            needed |= item.planned.steps
        elif "errorbudget_run" in getattr(item, "fixturenames", ()):
            needed |= EVERY_STEP
    return needed


class Worker:
    """One of xdist's workers: it takes the facts from the shared folder and says which steps its items need."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.needed: frozenset[StepName] = frozenset()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        self.needed = steps_needed(session.items)
        if self.needed and not session.config.option.collectonly:
            shared_run(self.config).outcome(self.needed, silently)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        output: dict[str, Any] = self.config.workeroutput  # type: ignore[attr-defined] # xdist puts it there
        output["errorbudget_steps"] = sorted(step.value for step in self.needed)


class Session:
    """Gathers once before the first item runs, with the steps shown live, or leaves that to xdist's workers."""

    def __init__(self, config: pytest.Config, options: Options, project: Project, terminal: Terminal) -> None:
        self.config = config
        self.options = options
        self.project = project
        self.terminal = terminal
        self.shared_folder: SharedFolder | None = None
        self.needed_by_workers: frozenset[StepName] = frozenset()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        # A session whose collection failed runs nothing; xdist's controller has no items of its own.
        if session.config.option.collectonly or session.testsfailed:
            return
        needed = steps_needed(session.items)
        if needed:
            shared_run(self.config).outcome(needed, self.terminal.tell)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """xdist starts a worker: tell it where the session's facts are shared."""
        if self.shared_folder is None:
            self.shared_folder = SharedFolder(self.project)
        node.workerinput["errorbudget_shared"] = str(self.shared_folder.path)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker's plain dict says which steps its items needed."""
        output = getattr(node, "workeroutput", None) or {}
        self.needed_by_workers |= frozenset(StepName(name) for name in output.get("errorbudget_steps", ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.config.option.collectonly:
            return
        shared = shared_run(self.config)
        if self.shared_folder is not None and shared.run is None and self.needed_by_workers:
            shared.adopt(self.shared_folder.path, self.needed_by_workers)
        if shared.run is None or shared.facts is None:
            return
        published = publish(self.project, shared.run, shared.facts, _outputs(self.options))
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
