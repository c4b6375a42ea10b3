"""All migrations of a set to their changes."""

from __future__ import annotations

from pytest_errorbudget.model.change import FileChanges
from pytest_errorbudget.model.migration import MigrationFile, MigrationSet
from pytest_errorbudget.readers.ddl.statement import changes_of


def changes(migrations: MigrationSet) -> tuple[FileChanges, ...]:
    """What each file changes, statement by statement, in the order in which the files are applied, those of sets before
    it included."""
    return tuple(file_changes(file) for file in migrations.every_file)


def file_changes(file: MigrationFile) -> FileChanges:
    return FileChanges(
        path=file.path,
        version=file.version,
        statements=tuple(changes_of(statement) for statement in file.statements),
        transactional=file.transactional,
    )
