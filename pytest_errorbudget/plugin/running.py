"""The session's project and its one run, shared by items and fixtures.

What gathers and judges is imported by the process that does it: xdist's workers read what their controller found.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.progress import Told
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.pipeline.project import Project, SettingsInvalid, open_project, with_fresh_cohorts
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.sharing import shared_run as run_of_all
from pytest_errorbudget.pipeline.steps import EVERY_STEP, Steps
from pytest_errorbudget.plugin.options import Options, options_of
from pytest_errorbudget.plugin.outcome import Outcome
from pytest_errorbudget.plugin.root import settings_place

if TYPE_CHECKING:
    from pytest_errorbudget.model.facts import Facts

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
        config.stash[_RUN] = SharedRun(project_of(config), options_of(config))
    return config.stash[_RUN]


def join_run(config: pytest.Config, project: Project, folder: Path) -> SharedRun:
    """The run of a worker: its project is the controller's, and its outcome comes from the ``folder`` of all."""
    config.stash[_PROJECT] = project
    shared = shared_run(config)
    shared.folder = folder
    return shared


class SharedRun:
    """Gathers and judges at most once for what is asked; under xdist, once for all processes (``folder``)."""

    def __init__(self, project: Project, options: Options) -> None:
        self.project = project
        self.options = options
        self.folder: Path | None = None
        self.facts: Facts | None = None
        self._outcome: Outcome | None = None
        self._asked: Steps = frozenset()

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

    @cached_property
    def draw(self) -> Callable[[Finding], str]:
        """A finding as text, with excerpts of the project's files."""
        from pytest_errorbudget.pipeline.drawing import drawing

        return drawing(self.project)

    def expect(self, steps: Steps) -> None:
        """Say which steps will be asked for, so that the first question asks for all of them."""
        self._asked |= steps

    def outcome(self, steps: Steps, progress: Progress) -> Outcome:
        """The outcome of at least ``steps``. A second question that asks for more gathers anew, for all of them."""
        if self._outcome is None or not steps <= self._asked:
            self._asked |= steps
            run = self._made(progress) if self.folder is None else self._shared(self.folder, progress)
            self._outcome = Outcome(run)
        return self._outcome

    def _shared(self, folder: Path, progress: Progress) -> Run:
        return run_of_all(folder, self._asked, lambda: self._made(progress))

    def _made(self, progress: Progress) -> Run:
        from pytest_errorbudget.pipeline.gather import gather
        from pytest_errorbudget.pipeline.judge import judge

        options = self.options
        request = Request(project=self.project, asked=self._asked, as_of=options.as_of, update=options.update)
        self.facts = gather(request, progress)
        return judge(request, self.facts)


def silently(_: Told) -> None:
    """Progress that nobody watches."""
