"""A run, looked up by item: thousands of items each ask once."""

from __future__ import annotations

from collections import defaultdict

from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.run import Run


class Outcome:
    """A run with an index over its findings and over what was not checked."""

    def __init__(self, run: Run) -> None:
        self.run = run
        findings: defaultdict[ItemId, list[Finding]] = defaultdict(list)
        for finding in run.findings:
            for item in finding.items:
                findings[item].append(finding)
        self._findings = {item: tuple(found) for item, found in findings.items()}
        self._skipped: dict[ItemId, str] = {}
        for entry in run.unchecked:
            for item in entry.items:
                self._skipped.setdefault(item, entry.reason)

    def findings_of(self, item: ItemId) -> tuple[Finding, ...]:
        """What concerns one item, gravest first."""
        return self._findings.get(item, ())

    def reason_to_skip(self, item: ItemId) -> str | None:
        """Why the item has nothing to say, if it has not."""
        return self._skipped.get(item)
