"""Digests of what a run read, so that two logs can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.model.input_digest import InputDigest
from pytest_errorbudget.pipeline.project import Project


def input_digests(
    project: Project, databases: tuple[DatabaseFacts, ...], contracts: Contracts, counts: Counts | None
) -> tuple[InputDigest, ...]:
    """One digest an input, sorted by name: settings, SLOs, lock, migrations, Rust sources, snapshots, counts."""
    return tuple(sorted(_digests(project, databases, contracts, counts), key=lambda digest: digest.name))


def _digests(
    project: Project, databases: tuple[DatabaseFacts, ...], contracts: Contracts, counts: Counts | None
) -> Iterator[InputDigest]:
    files = {
        project.settings.path,
        *(slo.span.path for slo in project.settings.slos),
        project.lock.relative_to(project.root).as_posix(),
        *(path for crate in contracts.crates for path in (crate.manifest, *crate.files)),
    }
    for path in files:
        file = project.root / path
        if file.is_file():
            yield InputDigest(name=path, sha256=hashlib.sha256(file.read_bytes()).hexdigest())
    for database in databases:
        for each in database.sets:
            for migration in each.migrations.files:
                yield InputDigest(name=migration.path, sha256=hashlib.sha256(migration.text.encode()).hexdigest())
        if database.replay is not None:
            version = str(database.replay.server_version)
            yield InputDigest(name=f"server:{database.name}:{version}", sha256=sha256((version,)))
        if database.snapshot is not None:
            shapes = tuple((state.tenant, state.version, state.shape) for state in database.snapshot.tenants)
            yield InputDigest(name=f"snapshot:{database.name}", sha256=sha256(shapes))
    if counts is not None:
        yield InputDigest(name="counts", sha256=counts.digest.removeprefix("sha256:"))
