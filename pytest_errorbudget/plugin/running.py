"""The session's project and its one run, shared by items and fixtures."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.progress import Told
from pytest_errorbudget.model.run import Run, StepName
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.pipeline.drawing import drawing
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.project import Project, SettingsInvalid, open_project, with_fresh_cohorts
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.sharing import shared_facts
from pytest_errorbudget.pipeline.steps import EVERY_STEP
from pytest_errorbudget.plugin.options import Options, options_of
from pytest_errorbudget.plugin.outcome import Outcome
from pytest_errorbudget.plugin.root import settings_place

_PROJECT = pytest.StashKey[Project]()
_RUN = pytest.StashKey["SharedRun"]()

Progress = Callable[[Told], None]


def project_of(config: pytest.Config) -> Project:
    """The repository under test, opened once. Invalid settings are a usage error that names every line."""
    if _PROJECT not in config.stash:
        options = options_of(config)
        root, path = settings_place(config.rootpath, options.config, options.invocation_dir)
        try:
            project = open_project(root, path)
            config.stash[_PROJECT] = with_fresh_cohorts(project, os.environ) if options.update else project
        except (SettingsInvalid, Unreadable) as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[_PROJECT]


def shared_run(config: pytest.Config) -> SharedRun:
    if _RUN not in config.stash:
        workerinput = getattr(config, "workerinput", None)
        folder = None if workerinput is None else workerinput.get("errorbudget_shared")
        config.stash[_RUN] = SharedRun(project_of(config), options_of(config), None if folder is None else Path(folder))
    return config.stash[_RUN]


class SharedRun:
    """Gathers at most once for what is asked; under xdist, once for all workers (``folder``)."""

    def __init__(self, project: Project, options: Options, folder: Path | None) -> None:
        self.project = project
        self.options = options
        self.folder = folder
        self.facts: Facts | None = None
        self.draw = drawing(project)
        self._outcome: Outcome | None = None
        self._asked: frozenset[StepName] = frozenset()

    @property
    def run(self) -> Run | None:
        """The run as far as it was asked for; ``None`` while nothing was."""
        return None if self._outcome is None else self._outcome.run

    def everything(self) -> Run:
        return self.outcome(EVERY_STEP, silently).run

    @property
    def fail_on(self) -> Severity:
        """The least severity that fails an item."""
        flag = self.options.fail_on
        return self.project.settings.fail_on if flag is None else Severity(flag)

    def outcome(self, steps: frozenset[StepName], progress: Progress) -> Outcome:
        """The outcome of at least ``steps``. A second question that asks for more gathers anew, for all of them."""
        if self._outcome is None or not steps <= self._asked:
            self._asked |= steps
            request = self._request()
            self.facts = shared_facts(self.folder, request, lambda: gather(request, progress))
            self._outcome = Outcome(judge(request, self.facts))
        return self._outcome

    def adopt(self, folder: Path, steps: frozenset[StepName]) -> None:
        """Take what the workers gathered into ``folder``, for the controller's report, if they gathered anything."""
        self._asked = steps
        request = self._request()
        try:
            self.facts = shared_facts(folder, request, _nothing)
        except LookupError:
            return
        self._outcome = Outcome(judge(request, self.facts))

    def _request(self) -> Request:
        return Request(project=self.project, asked=self._asked, as_of=self.options.as_of, update=self.options.update)


def silently(_: Told) -> None:
    """Progress that nobody watches."""


def _nothing() -> Facts:
    raise LookupError("no worker gathered anything")
