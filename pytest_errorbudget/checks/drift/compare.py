"""Each tenant against the replay at its own version; equal tenants are compared once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from pytest_errorbudget.checks.drift.column_default import column_default
from pytest_errorbudget.checks.drift.column_missing import column_missing
from pytest_errorbudget.checks.drift.column_nullability import column_nullability
from pytest_errorbudget.checks.drift.column_type import column_type
from pytest_errorbudget.checks.drift.column_unexpected import column_unexpected
from pytest_errorbudget.checks.drift.constraint_missing import constraint_missing
from pytest_errorbudget.checks.drift.constraint_unexpected import constraint_unexpected
from pytest_errorbudget.checks.drift.domain_type import domain_type
from pytest_errorbudget.checks.drift.enum_labels import enum_labels
from pytest_errorbudget.checks.drift.group import Group, tenants_text
from pytest_errorbudget.checks.drift.index_missing import index_missing
from pytest_errorbudget.checks.drift.index_unexpected import index_unexpected
from pytest_errorbudget.checks.drift.scope import SchemaOfItsOwn, Scope, comparable, left_out, scope_of
from pytest_errorbudget.checks.drift.table_missing import table_missing
from pytest_errorbudget.checks.drift.table_unexpected import table_unexpected
from pytest_errorbudget.checks.drift.versions import tenant_ahead, tenant_behind
from pytest_errorbudget.model.difference import (
    DefaultDiffers,
    Difference,
    DomainDiffers,
    EnumLabelsDiffer,
    MissingColumn,
    MissingConstraint,
    MissingIndex,
    MissingTable,
    NullabilityDiffers,
    TypeDiffers,
    UnexpectedColumn,
    UnexpectedConstraint,
    UnexpectedIndex,
    UnexpectedTable,
    differences,
)
from pytest_errorbudget.model.finding import Finding, ordered
from pytest_errorbudget.model.migration import RealReplay
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import RelationKind, Schema
from pytest_errorbudget.model.settings import Database, MigrationScope
from pytest_errorbudget.model.snapshot import Applied, AppliedVersion, Snapshot, TenantState, VersionUnknown
from pytest_errorbudget.model.source import Span

_SCHEMA, _VERSION = "tenant schema", "tenant version"

_Groups = defaultdict[tuple[AppliedVersion, str, Scope], list[str]]
Result = tuple[tuple[Finding, ...], tuple[Unchecked, ...]]


def drift_findings(database: Database, replay: RealReplay, snapshot: Snapshot, settings_path: str) -> Result:
    """Drift of every tenant in the snapshot, and what could not be compared."""
    migrations = database.migrations
    shared = migrations is not None and migrations.scope is MigrationScope.SHARED
    groups: _Groups = defaultdict(list)
    unchecked: list[Unchecked] = []
    for state in snapshot.tenants:
        scope = scope_of(database, state)
        if migrations is not None and shared and isinstance(scope, SchemaOfItsOwn):
            reason = f"the migrations in {migrations.path} build a schema that the tenants share"
            unchecked.append(Unchecked(_SCHEMA, state.tenant, reason))
        elif state.shape is None:
            unchecked.append(Unchecked(_SCHEMA, state.tenant, state.unread or _reason(state)))
        else:
            groups[_group_key(state.version), state.shape, scope].append(state.tenant)
            if isinstance(state.version, VersionUnknown):
                unchecked.append(Unchecked(_VERSION, state.tenant, state.version.reason))
    findings: list[Finding] = []
    for (version, shape, scope), names in groups.items():
        tenants = _Alike(tuple(sorted(names)), snapshot.shape(shape), scope)
        found, missed = _compared(version, tenants, replay, settings_path)
        findings += found
        unchecked += missed
    findings += _skew(groups, replay, settings_path)
    return ordered(tuple(findings)), tuple(sorted(set(unchecked), key=lambda u: (u.kind, u.place, u.reason)))


def _reason(state: TenantState) -> str:
    return state.version.reason if isinstance(state.version, VersionUnknown) else "it was not found"


def _group_key(version: AppliedVersion) -> AppliedVersion:
    """Why a version is unknown does not matter to the comparison."""
    return VersionUnknown("") if isinstance(version, VersionUnknown) else version


@dataclass(frozen=True, slots=True)
class _Expected:
    schema: Schema
    basis: str


def _expected(version: AppliedVersion, replay: RealReplay) -> _Expected | None:
    match version:
        case Applied(None):
            return _Expected(Schema(), "a schema without migrations")
        case Applied(number):
            schema = replay.at(str(number))
            return None if schema is None else _Expected(schema, f"migration {number}")
        case VersionUnknown():
            return _Expected(replay.newest, "the newest migration")
    assert_never(version)


@dataclass(frozen=True, slots=True)
class _Alike:
    """Tenants of one version and shape, and how much of the migrations is theirs."""

    names: tuple[str, ...]
    actual: Schema
    scope: Scope


def _compared(version: AppliedVersion, tenants: _Alike, replay: RealReplay, settings_path: str) -> Result:
    expected = _expected(version, replay)
    if expected is None:
        number = version.version if isinstance(version, Applied) else None
        reason = (
            f"the migrations stop before {number}: {replay.failure.message}"
            if replay.failure is not None
            else f"its migration {number} is not among the files"
        )
        return (), tuple(Unchecked(_SCHEMA, tenant, reason) for tenant in tenants.names)
    group = Group(tenants=tenants.names, settings_path=settings_path, basis=expected.basis)
    compared = comparable(tenants.scope, expected.schema, tenants.actual)
    found = tuple(_finding(d, group) for d in differences(*compared))
    return found, tuple(_left_out(expected.schema, tenants))


def _left_out(expected: Schema, tenants: _Alike) -> Iterator[Unchecked]:
    yield from left_out(tenants.scope, expected, tenants.actual)
    partitions = sum(1 for r in (*expected.relations, *tenants.actual.relations) if r.kind is RelationKind.PARTITION)
    if partitions:
        count = "1 partition was" if partitions == 1 else f"{partitions} partitions were"
        reason = f"{count} not compared: partitions come and go while the service runs"
        yield Unchecked("partitions", tenants_text(tenants.names), reason)


def _finding(difference: Difference, group: Group) -> Finding:
    match difference:
        case MissingTable():
            return table_missing(difference, group)
        case UnexpectedTable():
            return table_unexpected(difference, group)
        case MissingColumn():
            return column_missing(difference, group)
        case UnexpectedColumn():
            return column_unexpected(difference, group)
        case TypeDiffers():
            return column_type(difference, group)
        case NullabilityDiffers():
            return column_nullability(difference, group)
        case DefaultDiffers():
            return column_default(difference, group)
        case MissingIndex():
            return index_missing(difference, group)
        case UnexpectedIndex():
            return index_unexpected(difference, group)
        case MissingConstraint():
            return constraint_missing(difference, group)
        case UnexpectedConstraint():
            return constraint_unexpected(difference, group)
        case EnumLabelsDiffer():
            return enum_labels(difference, group)
        case DomainDiffers():
            return domain_type(difference, group)
    assert_never(difference)


def _skew(groups: _Groups, replay: RealReplay, settings_path: str) -> Iterator[Finding]:
    """One finding per version, whatever the shapes."""
    versions = [replayed.version for replayed in replay.versions]
    newest = versions[-1] if versions else None
    by_version: defaultdict[str | None, list[str]] = defaultdict(list)
    for (version, _, _), tenants in groups.items():
        if isinstance(version, Applied):
            by_version[version.version] += tenants
    for number, tenants in by_version.items():
        group = Group(tenants=tuple(sorted(tenants)), settings_path=settings_path, basis="")
        if number is not None and number not in versions:
            if replay.failure is None:
                yield tenant_ahead(number, newest, group)
            continue
        behind = len(versions) - (versions.index(number) + 1 if number is not None else 0)
        if behind and newest is not None:
            first = replay.versions[len(versions) - behind].path
            yield tenant_behind(number, newest, behind, group, None if first is None else Span(first, 1))
