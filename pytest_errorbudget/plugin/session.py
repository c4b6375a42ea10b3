"""A session with ``--errorbudget``: what to collect, when to gather, what to publish."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pytest_errorbudget.model.run import StepName
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.steps import EVERY_STEP
from pytest_errorbudget.plugin.collection import Collection
from pytest_errorbudget.plugin.items import ErrorBudgetItem
from pytest_errorbudget.plugin.options import Options
from pytest_errorbudget.plugin.running import project_of, shared_run
from pytest_errorbudget.plugin.terminal import Terminal

PUBLISHED = pytest.StashKey[tuple[str, ...]]()


def register(config: pytest.Config, options: Options) -> None:
    """Switch generated items on for this session."""
    project = project_of(config)
    collection = Collection(project)
    _add_paths(config, project, collection)
    config.pluginmanager.register(collection, "errorbudget-collection")
    config.pluginmanager.register(Session(config, options, project), "errorbudget-session")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Terminal(config, collection), "errorbudget-terminal")


def _add_paths(config: pytest.Config, project: Project, collection: Collection) -> None:
    """``testpaths = tests`` must not hide our items. Paths given on the command line are obeyed as they are."""
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    covered = [Path(argument).resolve() for argument in config.args]
    for path in sorted({project.root / item.id.path for item in collection.items}):
        if not any(path.resolve().is_relative_to(folder) for folder in covered):
            config.args.append(str(path))


def steps_needed(items: list[pytest.Item]) -> frozenset[StepName]:
    """What the selected items need gathered: nothing where none of them is ours or uses the shared run."""
    needed: frozenset[StepName] = frozenset()
    for item in items:
        if isinstance(item, ErrorBudgetItem):
            needed |= item.planned.steps
        elif "errorbudget_run" in getattr(item, "fixturenames", ()):
            needed |= EVERY_STEP
    return needed


class Session:
    """Gathers once before the first item runs, with the steps shown live; in xdist's workers through a shared file."""

    def __init__(self, config: pytest.Config, options: Options, project: Project) -> None:
        self.config = config
        self.options = options
        self.project = project
        self.needed: frozenset[StepName] = frozenset()
        self.shared_folder: Path | None = None

    @property
    def is_worker(self) -> bool:
        return hasattr(self.config, "workerinput")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.needed = steps_needed(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        if session.config.option.collectonly or session.testsfailed or self._distributes:
            return
        # Later plugins may have deselected items after our collection hook.
        self.needed = steps_needed(session.items)
        if self.needed:
            terminal: Any = self.config.pluginmanager.get_plugin("errorbudget-terminal")
            shared_run(self.config).of(self.needed, _silent if terminal is None else terminal.step_began)

    @property
    def _distributes(self) -> bool:
        """The controller of xdist: it has no items of its own."""
        return self.config.pluginmanager.has_plugin("dsession")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """xdist starts a worker: tell it where the session's facts are shared."""
        if self.shared_folder is None:
            from pytest_errorbudget.pipeline.sharing import new_shared_folder

            self.shared_folder = new_shared_folder(self.project)
        node.workerinput["errorbudget_shared"] = str(self.shared_folder)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker's plain dict says which steps its items needed."""
        output = getattr(node, "workeroutput", None) or {}
        self.needed |= frozenset(StepName(name) for name in output.get("errorbudget_steps", ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.is_worker:
            output: dict[str, Any] = self.config.workeroutput  # type: ignore[attr-defined] # xdist puts it there
            output["errorbudget_steps"] = sorted(step.value for step in self.needed)
            return
        if session.config.option.collectonly:
            return
        shared = shared_run(self.config)
        if self.shared_folder is not None and shared.run is None and self.needed:
            shared.adopt(self.shared_folder, self.needed)
        if shared.run is not None and shared.facts is not None:
            from pytest_errorbudget.pipeline.publish import publish

            said = publish(self.project, shared.run, shared.facts, _outputs(self.options))
            self.config.stash[PUBLISHED] = said

    def pytest_unconfigure(self) -> None:
        if self.shared_folder is not None:
            shutil.rmtree(self.shared_folder, ignore_errors=True)


def _outputs(options: Options) -> Any:
    from pytest_errorbudget.pipeline.publish import Outputs

    def place(path: str | None) -> Path | None:
        return None if path is None else options.invocation_dir / path

    return Outputs(
        log=place(options.log), facts=place(options.facts), counts=place(options.counts), update=options.update
    )


def _silent(_: StepName) -> None:
    return
