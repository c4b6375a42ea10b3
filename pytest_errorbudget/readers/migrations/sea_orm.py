"""sea-orm's migrations are Rust: they are counted and named, and never run.

A migration is a module ``m<date>_<time>_<name>.rs``; its whole name is its version (``sea-orm-migration``,
``seaql_migrations``), ordered as text.
"""

from __future__ import annotations

import re

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.readers.migrations.tool import BadName, Bookkeeping, Folder, Listed, Tool, no_checksum, whole

NAME = re.compile(r"m[0-9]{6,8}_[0-9]{6}_(?P<name>\w+)\.rs")


def _listed(folder: Folder) -> tuple[Listed | BadName, ...]:
    return tuple(
        Listed(
            path=file,
            version=file.removesuffix(".rs"),
            name=match["name"].replace("_", " "),
            unread="it is written in Rust, which is never run",
        )
        for file in folder.direct
        if (match := NAME.fullmatch(file))
    )


SEA_ORM = Tool(
    kind=MigrationKind.SEA_ORM,
    name="sea-orm",
    twice="sea-orm stores one row a version and fails on the second file when it migrates.",
    bookkeeping=Bookkeeping(
        table="seaql_migrations",
        create="create table {table} (version varchar primary key, applied_at bigint not null)",
        applied="insert into {table} (version, applied_at) values ({version}, 0)",
        newest='select max(version collate "C") from {table}',
    ),
    listed=_listed,
    up=whole,
    checksum=no_checksum,
)
