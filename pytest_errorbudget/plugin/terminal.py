"""What a person sees: a line per step while it runs, then tables and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_errorbudget.model.progress import Told
from pytest_errorbudget.plugin.collection import Collection
from pytest_errorbudget.plugin.running import shared_run

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter


class Terminal:
    """Only the controller prints."""

    def __init__(self, config: pytest.Config, collection: Collection) -> None:
        self.config = config
        self.collection = collection
        self.said: tuple[str, ...] = ()
        self.failed: tuple[str, ...] = ()

    def pytest_report_header(self) -> str:
        settings = shared_run(self.config).project.settings
        where = settings.path if settings.exists else f"no {settings.path}: migrations and Rust sources alone"
        return f"errorbudget: {where}, {len(settings.customers)} tenants, {self._items()}"

    def _items(self) -> str:
        every = len(self.collection.planned.items)
        asked = self.collection.count_under(self.config.args, self.config.invocation_params.dir)
        return f"{every} items" if asked == every else f"{asked} of {every} items under the given paths"

    def tell(self, told: Told) -> None:
        """One line as a step begins, and more of a long one; nothing with ``-q``."""
        reporter = self._reporter
        if reporter is not None and reporter.verbosity >= 0:
            from pytest_errorbudget.report.progress import progress_line

            reporter.ensure_newline()
            reporter.write_line(progress_line(told))

    @property
    def _reporter(self) -> TerminalReporter | None:
        return self.config.pluginmanager.get_plugin("terminalreporter")

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        shared = shared_run(self.config)
        if shared.run is not None and terminalreporter.verbosity >= 0:
            from pytest_errorbudget.report.summary import summary

            terminalreporter.section("errorbudget")
            for line in summary(shared.run, shared.project.settings, detailed=terminalreporter.verbosity > 0):
                terminalreporter.write_line(line)
            for line in self.said:
                terminalreporter.write_line(line)
        for line in self.failed:
            terminalreporter.write_line(f"ERROR: {line}", red=True)
