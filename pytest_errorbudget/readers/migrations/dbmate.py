"""dbmate's rules (``pkg/dbmate/migration.go``, ``db.go``).

A migration is a file whose name begins with digits, its version; files are ordered by name. The way up lies between
``-- migrate:up`` and ``-- migrate:down``; ``transaction:false`` behind the first takes it out of its transaction.
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

_NAME = re.compile(r"(?P<version>[0-9]+)(?P<name>.*)\.sql")
MARK_UP = re.compile(r"^--[ \t]*migrate:up(?P<options>[ \t][^\n]*)?\r?$", re.MULTILINE)
_DOWN = re.compile(r"^--[ \t]*migrate:down\b", re.MULTILINE)
_OUTSIDE = re.compile(r"\btransaction:false\b")


def _listed(folder: Folder) -> tuple[Listed | BadName, ...]:
    matches = [(file, match) for file in folder.direct if (match := _NAME.fullmatch(file))]
    entries = [
        Listed(path=file, version=match["version"], name=match["name"].strip("_-").replace("_", " "))
        for file, match in matches
    ]
    return tuple(sorted(entries, key=lambda entry: entry.path))


def _up(text: str, options: str | None) -> Up:
    del options
    up = MARK_UP.search(text)
    if up is None:
        return Up(start=0, end=0, problem="the file has no line `-- migrate:up`")
    down = _DOWN.search(text, up.end())
    return Up(
        start=up.end(),
        end=down.start() if down else len(text),
        transaction=Transaction.NONE if _OUTSIDE.search(up["options"] or "") else Transaction.ONE,
    )


DBMATE = Tool(
    kind=MigrationKind.DBMATE,
    name="dbmate",
    twice="dbmate stores one row a version and fails on the second file when it migrates.",
    bookkeeping=Bookkeeping(
        table="schema_migrations",
        create="create table {table} (version varchar(255) primary key)",
        applied="insert into {table} (version) values ({version})",
        newest='select max(version collate "C") from {table}',
    ),
    listed=_listed,
    up=_up,
    checksum=no_checksum,
)
