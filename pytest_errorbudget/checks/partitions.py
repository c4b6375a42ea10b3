"""What is wrong with the partitions of tenants that are there; tenants of one table are told together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.checks.partition_default import partition_default
from pytest_errorbudget.checks.partition_detaching import partition_detaching
from pytest_errorbudget.checks.partition_missing import partition_missing
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.snapshot import PartitionState, Snapshot, TenantState
from pytest_errorbudget.model.source import Span

_Case = tuple[Rule, str, tuple[str, ...]]


def partition_findings(
    snapshot: Snapshot, expected: Schema, settings_path: str
) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    """partition-missing, partition-default and partition-detaching; ``expected`` knows where the tables are made."""
    cases: defaultdict[_Case, list[str]] = defaultdict(list)
    for state in snapshot.tenants:
        for part in state.partitions if _is_there(state) else ():
            for case in _cases(part):
                cases[case].append(state.tenant)
    made = {relation.display: relation.origin for relation in expected.relations}
    findings = tuple(
        _finding(case, Group(tenants=tuple(sorted(tenants)), settings_path=settings_path, basis=""), made.get(case[1]))
        for case, tenants in cases.items()
    )
    return findings, tuple(_unread(snapshot))


def _is_there(state: TenantState) -> bool:
    """A tenant without a partition of any table is missing as a whole, unless its last one is on its way out."""
    return state.shape is not None or any(part.detaching for part in state.partitions)


def _cases(part: PartitionState) -> Iterator[_Case]:
    if part.unread is not None or not part.exists:
        return
    if part.detaching:
        yield Rule.PARTITION_DETACHING, part.table, part.detaching
    elif not part.partitions and part.default is not None:
        yield Rule.PARTITION_DEFAULT, part.table, (part.default,)
    elif not part.partitions:
        yield Rule.PARTITION_MISSING, part.table, ()


def _finding(case: _Case, group: Group, origin: Span | None) -> Finding:
    rule, table, partitions = case
    if rule is Rule.PARTITION_DETACHING:
        return partition_detaching(table, partitions, group, origin)
    if rule is Rule.PARTITION_DEFAULT:
        return partition_default(table, partitions[0], group, origin)
    return partition_missing(table, group, origin)


def _unread(snapshot: Snapshot) -> Iterator[Unchecked]:
    for state in snapshot.tenants:
        if state.shape is not None:
            for part in state.partitions:
                if part.unread is not None:
                    yield Unchecked("partition", f"{state.tenant} {part.table}", part.unread)
