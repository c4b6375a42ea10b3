"""Each tenant against the replay at its own version; equal tenants are compared once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import assert_never

from pytest_errorbudget.checks.drift.cross_tenant_reference import Elsewhere
from pytest_errorbudget.checks.drift.findings import findings_of
from pytest_errorbudget.checks.drift.group import Group, tenants_text
from pytest_errorbudget.checks.drift.majors import across_majors, major, untold
from pytest_errorbudget.checks.drift.scope import SchemaOfItsOwn, Scope, comparable, left_out, scope_of
from pytest_errorbudget.checks.drift.sequence_near_end import sequences_near_end
from pytest_errorbudget.checks.drift.versions import tenant_ahead, tenant_behind
from pytest_errorbudget.model.finding import Finding, ordered
from pytest_errorbudget.model.migration import RealReplay
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import RelationKind, Schema
from pytest_errorbudget.model.settings import Database, MigrationScope
from pytest_errorbudget.model.snapshot import Applied, AppliedVersion, Snapshot, VersionUnknown
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InSchema

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
            unchecked.append(Unchecked(_SCHEMA, state.tenant, state.absence))
        else:
            groups[_group_key(state.version), state.shape, scope].append(state.tenant)
            if isinstance(state.version, VersionUnknown):
                unchecked.append(Unchecked(_VERSION, state.tenant, state.version.reason))
    findings: list[Finding] = []
    owners = {t.layout.schema: t.name for t in database.tenants if isinstance(t.layout, InSchema)}
    for (version, shape, scope), names in groups.items():
        tenants = _Alike(
            names=tuple(sorted(names)),
            actual=snapshot.shape(shape),
            scope=scope,
            server_version=snapshot.server_version or replay.server_version,
            elsewhere=owners,
        )
        found, missed = _compared(version, tenants, replay, settings_path)
        findings += found
        unchecked += missed
    findings += _skew(groups, replay, settings_path)
    for said in sequences_near_end(snapshot, replay.newest, settings_path):
        match said:
            case Finding():
                findings.append(said)
            case Unchecked():
                unchecked.append(said)
    return ordered(tuple(findings)), tuple(sorted(set(unchecked), key=lambda u: (u.kind, u.place, u.reason)))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    """Tenants of one version and shape, and how much of the migrations is theirs. ``elsewhere`` are the tenants by the
    schemas that they have."""

    names: tuple[str, ...]
    actual: Schema
    scope: Scope
    server_version: int
    elsewhere: Elsewhere


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
    made, actual = comparable(tenants.scope, expected.schema, tenants.actual)
    missed = _left_out(expected.schema, tenants)
    majors = (major(replay.server_version), major(tenants.server_version))
    if majors[0] != majors[1]:
        missed = chain(missed, untold(made, actual, tenants.names, majors))
        made, actual = across_majors(made, actual)
    return tuple(findings_of(made, actual, tenants.elsewhere, group)), tuple(missed)


def _left_out(expected: Schema, tenants: _Alike) -> Iterator[Unchecked]:
    yield from left_out(tenants.scope, expected, tenants.actual)
    partitions = sum(1 for r in (*expected.relations, *tenants.actual.relations) if r.kind is RelationKind.PARTITION)
    if partitions:
        count = "1 partition was" if partitions == 1 else f"{partitions} partitions were"
        reason = f"{count} not compared: partitions come and go while the service runs"
        yield Unchecked("partitions", tenants_text(tenants.names), reason)


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
