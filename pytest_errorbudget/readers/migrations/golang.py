"""golang-migrate's rules (``source/parse.go``, ``database/postgres``).

A migration is ``<version>_<title>.up.sql``; the version is an unsigned 64-bit integer and decides the order. A file is
sent as one string: PostgreSQL makes a transaction of it where it holds several statements. The table holds one row:
the version, and whether it stopped half-way (``dirty``).
"""

from __future__ import annotations

import re

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.readers.migrations.tool import (
    BadName,
    Bookkeeping,
    Folder,
    Listed,
    Tool,
    Transaction,
    Up,
    no_checksum,
)

_NAME = re.compile(r"(?P<version>[0-9]+)_(?P<title>.*)\.up\.(?:sql|pgsql)")


def _listed(folder: Folder) -> tuple[Listed | BadName, ...]:
    matches = [(file, match) for file in folder.direct if (match := _NAME.fullmatch(file))]
    entries = [
        Listed(path=file, version=str(int(match["version"])), name=match["title"].replace("_", " "))
        for file, match in matches
    ]
    return tuple(sorted(entries, key=lambda entry: (int(entry.version), entry.path)))


def _up(text: str, options: str | None) -> Up:
    del options
    return Up(start=0, end=len(text), transaction=Transaction.STRING)


GOLANG_MIGRATE = Tool(
    kind=MigrationKind.GOLANG_MIGRATE,
    name="golang-migrate",
    twice="golang-migrate refuses the whole folder.",
    bookkeeping=Bookkeeping(
        table="schema_migrations",
        create="create table {table} (version bigint not null primary key, dirty boolean not null)",
        applied="truncate {table}; insert into {table} (version, dirty) values ({version}::bigint, false)",
        newest="select max(version) from {table}",
        halfway="select max(version) from {table} where dirty",
    ),
    listed=_listed,
    up=_up,
    checksum=no_checksum,
)
