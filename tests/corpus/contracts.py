"""What the whole of a run without settings says of a checkout: its Rust against its own migrations, the one tenant.

    python tests/corpus/contracts.py CHECKOUT ... [--migrations FOLDER] [--services CRATE ...] [--warnings]

Fetches nothing and writes nothing into the checkout. Where a repository holds several databases, name the folder of one
and the crates that speak to it. Prints the findings by rule and severity, every error with its place, and what was
checked and what was not, with the reasons. The last line of a checkout is its row in `docs/contracts-accuracy.md`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.finding import Finding, LabelKind
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.progress import Told
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.model.settings import MigrationSettings
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.project import Project, open_project
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.steps import CONTRACTS

_SCHEMA_RULES = frozenset({Rule.FOREIGN_KEY_UNINDEXED, Rule.INDEX_DUPLICATE})
_NAMES = re.compile(r"`[^`]*`|\"[^\"]*\"|'[^']*'|\d+")


def narrowed(root: Path, migrations: str | None, services: tuple[str, ...]) -> Project:
    """The repository without settings; ``migrations`` and ``services`` are what settings would say of one database."""
    project = open_project(root, "errorbudget.toml")
    database = replace(project.settings.databases[0], services=services)
    if migrations is not None:
        database = replace(database, migrations=MigrationSettings(path=migrations))
    return replace(project, settings=replace(project.settings, databases=(database,)))


def run_of(project: Project) -> tuple[Facts, Run]:
    request = Request(project=project, asked=CONTRACTS)
    facts = gather(request, _silent)
    return facts, judge(request, facts)


def _silent(told: Told) -> None:
    """Nobody waits for a script's progress."""


def shown(finding: Finding) -> str:
    """The place to mend, and what is wrong there."""
    spans = [label.span for label in finding.labels if label.kind is LabelKind.PRIMARY]
    where = f"{spans[0].path}:{spans[0].line}" if spans else finding.place
    return f"{finding.rule.id} {where}: {finding.message}"


def _lines(name: str, facts: Facts, run: Run, warnings: bool) -> Iterator[str]:
    yield f"== {name}"
    counted = Counter((finding.severity, finding.rule) for finding in run.findings)
    for (severity, rule), count in sorted(counted.items(), key=lambda each: (-each[0][0].rank, each[0][1].id)):
        yield f"  {severity.value} {rule.id}: {count}"
    wanted = (Severity.ERROR, Severity.WARNING) if warnings else (Severity.ERROR,)
    for finding in run.findings:
        if finding.severity in wanted and finding.rule not in _SCHEMA_RULES:
            yield f"  {finding.severity.value}: {shown(finding)}"
    reasons = Counter((entry.kind, _NAMES.sub("…", entry.reason)) for entry in run.unchecked)
    for (kind, reason), count in sorted(reasons.items(), key=lambda each: (each[0][0], -each[1])):
        yield f"  unchecked {count} {kind}: {reason}"
    yield _row(name, facts, run)


def _row(name: str, facts: Facts, run: Run) -> str:
    typings = [typing for database in facts.databases for shape in database.typings for typing in shape.queries]
    typed = sum(isinstance(typing.verdict, Typed) for typing in typings)
    refused = sum(isinstance(typing.verdict, Rejected) for typing in typings)
    contracts = facts.contracts
    told = [finding for finding in run.findings if finding.rule not in _SCHEMA_RULES]
    by_severity = Counter(finding.severity for finding in told)
    files = sum(len(crate.files) for crate in contracts.crates)
    return (
        f"| {name} | {files} | {len(contracts.queries)} | {typed} | {refused} | {_structs(facts)} "
        f"| {len(contracts.tables)} | {by_severity[Severity.ERROR]} | {by_severity[Severity.WARNING]} "
        f"| {_unchecked(run.unchecked)} |"
    )


def _structs(facts: Facts) -> int:
    """Row structs and enums that a library fills."""
    return len(facts.contracts.structs) + len(facts.contracts.enums)


def _unchecked(entries: tuple[Unchecked, ...]) -> int:
    return len({(entry.kind, entry.place) for entry in entries})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, nargs="+")
    parser.add_argument("--migrations", help="the folder of one database's migrations, relative to the checkout")
    parser.add_argument("--services", nargs="*", default=(), help="the crates that speak to it; without: all")
    parser.add_argument("--warnings", action="store_true", help="list the warnings too")
    options = parser.parse_args()
    for checkout in options.checkout:
        project = narrowed(checkout.resolve(), options.migrations, tuple(options.services))
        facts, run = run_of(project)
        sys.stdout.write("\n".join(_lines(checkout.name, facts, run, options.warnings)) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
