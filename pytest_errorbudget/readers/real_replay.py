"""The migrations, run for real: the schema that PostgreSQL itself builds, after each file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from pytest_errorbudget.model.migration import MigrationFailure, MigrationSet, Opaque, RealReplay, ReplayedVersion
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.readers.apply_migrations import (
    Connection,
    apply_file,
    apply_files,
    bookkeeping_table,
    create_bookkeeping,
)
from pytest_errorbudget.readers.catalog import read_all
from pytest_errorbudget.readers.collations import REASON, lacks_icu, needs_icu
from pytest_errorbudget.readers.provenance import Recorder, with_origins
from pytest_errorbudget.readers.scratch import ScratchServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the first ``files`` of a set gave on the same build of the server."""

    files: int
    versions: tuple[ReplayedVersion, ...]


NOTHING = Known(files=0, versions=())


def replay_for_real(server: ScratchServer, migrations: MigrationSet, known: Known = NOTHING) -> RealReplay:
    """Applies every file to a fresh database. Stops at the first that fails: what came before is kept.

    Columns, indexes, constraints and types carry the place of the statement that made them what they are. The files
    that are ``known`` are run without a look at what they give; where one of them fails after all, none is known.
    """
    versions = list(known.versions)
    with server.database() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
        failure = create_bookkeeping(connection, migrations)
        recorder = Recorder(connection)
        failure = failure or apply_files(connection, migrations, migrations.files[: known.files])
        recorder.forget()
        if failure is None:
            failure = _look_on(connection, migrations, known.files, recorder, versions)
        elif known.files:
            return replay_for_real(server, migrations)
        changed = tuple(_without_icu(migrations)) if lacks_icu(connection) else ()
    return RealReplay(server_version=server.server_version, versions=tuple(versions), failure=failure, changed=changed)


def _look_on(
    connection: Connection, migrations: MigrationSet, first: int, recorder: Recorder, versions: list[ReplayedVersion]
) -> MigrationFailure | None:
    """Applies the files from ``first`` on, and adds the schema after each."""
    schema = versions[-1].schema if versions else _made_before(connection, migrations)
    for file in migrations.files[first:]:
        failure = apply_file(connection, migrations, file, recorder.after_statement)
        if failure is not None:
            return failure
        touched = recorder.finish_file()
        read = read_all(connection, bookkeeping_table(migrations))
        schema = with_origins(schema, read, file, touched)
        if versions and versions[-1].version == file.version:  # it runs after a version, without one of its own
            versions.pop()
        versions.append(ReplayedVersion(version=file.version, schema=schema, path=file.path))
    return None


def _made_before(connection: Connection, migrations: MigrationSet) -> Schema:
    return Schema() if migrations.before is None else read_all(connection, bookkeeping_table(migrations))


def _without_icu(migrations: MigrationSet) -> Iterator[Opaque]:
    for file in migrations.files:
        for statement in file.statements:
            if needs_icu(statement.sql):
                yield Opaque(span=statement.span, statement=statement.sql, reason=REASON)
