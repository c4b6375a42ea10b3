"""The sets of migrations of a database in a settings file."""

from __future__ import annotations

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.model.settings import MigrationScope, MigrationSettings
from pytest_errorbudget.readers.settings.errors import Key, Reading
from pytest_errorbudget.readers.settings.file import DatabaseTable, MigrationsTable


def migrations_of(reading: Reading, table: DatabaseTable, key: Key) -> tuple[MigrationSettings | None, ...]:
    """The sets in the order in which they are applied: what tenants share first, the tenants' own last.

    One ``None`` where the database has none.
    """
    written = table.migrations
    if written is None:
        return (None,)
    if isinstance(written, MigrationsTable):
        return (_set(written),)
    at: Key = (*key, "migrations")
    if not written:
        reading.problem(at, "`migrations` lists no folder", 'write `{ path = "migrations" }`, or leave it out')
        return (None,)
    own = [position for position, each in enumerate(written) if each.per == "tenant"]
    for position in own[1:]:
        message = f"two sets of migrations build the tenants' own schema: `{written[own[0]].path}` is the first"
        reading.problem((*at, position), message, 'write `per = "shared"` for the one that the tenants share')
    for position, each in enumerate(written):
        if any(each.path == other.path for other in written[:position]):
            reading.problem((*at, position), f"the folder `{each.path}` is listed twice", "list it once")
    return tuple(_set(each) for each in sorted(written, key=lambda each: each.per == "tenant"))


def _set(table: MigrationsTable) -> MigrationSettings:
    return MigrationSettings(
        path=table.path,
        scope=MigrationScope(table.per),
        kind=None if table.kind is None else MigrationKind(table.kind),
        bookkeeping=table.bookkeeping,
        schema=table.schema,
    )
