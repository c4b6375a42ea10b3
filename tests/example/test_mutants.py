"""Mutants of the example: each is found by the expected rule at the right place, and says nothing else.

The table is ``mutants.toml``. What it lists is compared whole: a finding more, one less, or one on another line fails.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pytest_errorbudget.checks.step_rules import STEP_OF_RULE
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import Run, StepName

MUTANTS: Sequence[Mapping[str, Any]] = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text())["mutant"]
WITHOUT_EVENTS = {
    StepName.SCHEMA_INTROSPECTION,
    StepName.RUST_CONTRACT_VALIDATION,
    StepName.CONTRACT_MISMATCH_DETECTION,
}


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """What of a finding the table fixes. ``at`` and ``line`` are the primary label's place and the text there."""

    rule: str
    severity: str
    place: str
    at: str
    line: str
    tenants: tuple[str, ...]
    items: tuple[str, ...]


def seen(finding: Finding, root: Path) -> Found:
    at = line = ""
    if finding.labels:
        span = finding.labels[0].span
        at = f"{span.path}:{span.line}"
        line = (root / span.path).read_text().splitlines()[span.line - 1].strip()
    items = tuple(map(str, finding.items))
    return Found(finding.rule.id, finding.severity.value, finding.place, at, line, finding.tenants, items)


def expected(entry: Mapping[str, Any], everybody: Sequence[str]) -> Found:
    but = entry.get("all_tenants_but", ())
    all_of_them = entry.get("tenants") == "all" or but
    tenants = tuple(sorted(set(everybody) - set(but) if all_of_them else entry["tenants"]))
    items = {item.replace("[*]", f"[{tenant}]") for item in entry["items"] for tenant in tenants or everybody}
    return Found(
        entry["rule"],
        entry["severity"],
        entry["place"],
        entry.get("at", ""),
        entry.get("line", ""),
        tenants,
        tuple(sorted(items)),
    )


def name(found: Found) -> str:
    return f"{found.rule} {found.place}"


def kinds(unchecked: Sequence[Unchecked]) -> Counter[str]:
    return Counter(entry.kind for entry in unchecked)


def edit(root: Path, edits: Sequence[Mapping[str, str]]) -> None:
    for change in edits:
        file = root / change["file"]
        before = file.read_text() if file.exists() else ""
        assert before.count(change["from"]) == 1, f"{change['file']}: {change['from']!r} is not there exactly once"
        file.write_text(before.replace(change["from"], change["to"]))


@pytest.fixture(scope="module")
def unmutated(example: Path, production: str, checked: Callable[[Path, str], Run]) -> Run:
    return checked(example, production)


def documented(example: Path) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    of_rule = {rule.id: STEP_OF_RULE[rule] for rule in Rule}
    for entry in json.loads((example / "documented_findings.json").read_text())["findings"]:
        if of_rule[entry["rule"]] in WITHOUT_EVENTS:
            yield entry["rule"], entry["severity"], entry["place"], tuple(entry["tenants"])


def test_the_unmutated_example_has_the_documented_findings_and_no_other(example: Path, unmutated: Run) -> None:
    found = [(f.rule.id, f.severity.value, f.place, f.tenants) for f in unmutated.findings]
    assert sorted(found) == sorted(documented(example))


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant["name"] for mutant in MUTANTS])
def test_a_mutant_is_found_by_its_rule_at_its_place(
    mutant: Mapping[str, Any],
    example: Path,
    copy: Path,
    production: str,
    altered: Callable[..., str],
    checked: Callable[[Path, str], Run],
    unmutated: Run,
) -> None:
    edit(copy, mutant.get("edits", ()))
    if "ddl" in mutant and not mutant.get("keeps_tenants_file"):
        (copy / "errorbudget.tenants.toml").unlink()  # it would be out of date each time
    run = checked(copy, altered(*mutant["ddl"]) if "ddl" in mutant else production)
    before = {(f.rule, f.place, f.tenants): seen(f, example) for f in unmutated.findings}
    after = {(f.rule, f.place, f.tenants): seen(f, copy) for f in run.findings}
    everybody = [tenant.name for tenant in run.tenants]

    new = sorted(found for key, found in after.items() if key not in before)
    assert new == sorted(expected(entry, everybody) for entry in mutant["found"])
    gone = sorted(name(found) for key, found in before.items() if key not in after)
    assert gone == sorted(mutant.get("gone", ()))
    assert kinds(run.unchecked) - kinds(unmutated.unchecked) == mutant.get("unchecked", {})


def test_no_two_mutants_share_a_name_and_there_are_many() -> None:
    names = {mutant["name"] for mutant in MUTANTS}
    assert len(names) == len(MUTANTS) >= 80
