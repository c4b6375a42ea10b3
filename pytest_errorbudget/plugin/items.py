"""Generated items: each asks the shared run what was found for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.pipeline.planned import PlannedItem
from pytest_errorbudget.plugin.running import shared_run, silently

if TYPE_CHECKING:
    from pytest_errorbudget.pipeline.law_trials import Trial


class FindingsFail(Exception):
    """The findings that fail an item; drawn by the item, never shown as a traceback."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


class LawBroken(Exception):
    """A law of windowing that does not hold, with the example that breaks it."""


class ErrorBudgetItem(pytest.Item):
    """One generated item. ``planned.id`` is relative to the settings' folder, the node id to the rootdir."""

    def __init__(self, *, planned: PlannedItem, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.planned = planned
        self.add_marker("errorbudget")

    def runtest(self) -> None:
        shared = shared_run(self.config)
        outcome = shared.outcome(self.planned.steps, silently)
        findings = outcome.findings_of(self.planned.id)
        for finding in findings:
            self.user_properties.append(("errorbudget", f"{finding.severity.value} {finding.rule.id} {finding.place}"))
        failing = tuple(finding for finding in findings if finding.severity.rank >= shared.fail_on.rank)
        if failing:
            raise FindingsFail(failing)
        reason = outcome.reason_to_skip(self.planned.id)
        if reason is not None:
            pytest.skip(f"not checked: {reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, FindingsFail):
            from pytest_errorbudget.report.diagnostics import diagnostics

            return diagnostics(excinfo.value.findings, shared_run(self.config).draw)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        # Not the name alone: where that ends the id, `-v` would write `ffi::record` for `ffi.record`.
        return self.path, None, f"{self.planned.id.path}: {self.name}"


class DeterminismItem(ErrorBudgetItem):
    """An SLO's windowing laws, as hypothesis properties on the real aggregation, beside the run's own findings."""

    def runtest(self) -> None:
        super().runtest()
        # hypothesis and the engine are imported when such an item runs, and by nothing else.
        from pytest_errorbudget.pipeline.law_engines import forms_of, law_engines
        from pytest_errorbudget.pipeline.law_trials import determinism_trials

        slo, settings = self.planned.laws, shared_run(self.config).project.settings
        if slo is None:
            raise ValueError(f"{self.nodeid} stands for no SLO")
        with law_engines(settings, slo) as further:
            try:
                forms = forms_of(settings, slo)
                trials = determinism_trials(slo, settings.window_us, forms=forms, further=further)
            except ValueError as error:
                raise LawBroken(f"no law can be tried: {error}") from error
            untried = [reason for trial in trials for reason in self._try(trial)]
        if untried:
            pytest.skip(f"not checked: {'; '.join(untried)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, LawBroken):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    @staticmethod
    def _try(trial: Trial) -> tuple[str, ...]:
        """Why its laws could not be tried, if they could not."""
        from pytest_errorbudget.pipeline.laws import BrokenLaw

        try:
            trial.check()
        except Unreadable as error:
            return tuple(f"the law `{law.name}`: {error.problem.message}" for law in trial.laws)
        except BrokenLaw as error:
            # The failing example is only in the notes.
            notes = getattr(error, "__notes__", ())
            raise LawBroken("\n".join((f"broken law: {error.law.statement}", str(error), *notes))) from error
        return ()
