"""The migrations, run for real: the schema that PostgreSQL itself builds, after each file."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from pytest_errorbudget.model.migration import MigrationSet, Opaque, RealReplay, ReplayedVersion
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.readers.apply_migrations import apply_file, bookkeeping_table, create_bookkeeping
from pytest_errorbudget.readers.catalog import read_all
from pytest_errorbudget.readers.collations import REASON, lacks_icu, needs_icu
from pytest_errorbudget.readers.provenance import Recorder, with_origins
from pytest_errorbudget.readers.scratch import ScratchServer


def replay_for_real(server: ScratchServer, migrations: MigrationSet) -> RealReplay:
    """Applies every file to a fresh database. Stops at the first that fails: what came before is kept.

    Columns, indexes, constraints and types carry the place of the statement that made them what they are.
    """
    versions: list[ReplayedVersion] = []
    failure = None
    schema = Schema()
    with server.database() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
        create_bookkeeping(connection, migrations)
        recorder = Recorder(connection)
        for file in migrations.files:
            failure = apply_file(connection, migrations, file, recorder.after_statement)
            if failure is not None:
                break
            touched = recorder.finish_file()
            read = read_all(connection, bookkeeping_table(migrations))
            schema = with_origins(schema, read, file, touched)
            if versions and versions[-1].version == file.version:  # it runs after a version, without one of its own
                versions.pop()
            versions.append(ReplayedVersion(version=file.version, schema=schema))
        changed = tuple(_without_icu(migrations)) if lacks_icu(connection) else ()
    return RealReplay(server_version=server.server_version, versions=tuple(versions), failure=failure, changed=changed)


def _without_icu(migrations: MigrationSet) -> Iterator[Opaque]:
    for file in migrations.files:
        for statement in file.statements:
            if needs_icu(statement.sql):
                yield Opaque(span=statement.span, statement=statement.sql, reason=REASON)
