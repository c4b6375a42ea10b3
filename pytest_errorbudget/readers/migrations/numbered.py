"""Numbered SQL files of no known tool: ``001-init.sql``, ``2024-05-01.sql``, ``7.sql``.

The numbers at the start decide the order, and are the version. A file runs in one transaction where all of its
statements can. There is no table that tells what a tenant has applied, unless the settings name it.
"""

from __future__ import annotations

import re

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.readers.migrations.outside import needs_no_transaction
from pytest_errorbudget.readers.migrations.tool import BadName, Folder, Listed, Tool, Transaction, Up, no_checksum

NAME = re.compile(r"(?P<version>[0-9]+(?:[.-][0-9]+)*)(?P<name>.*)\.sql")
_DOWN = re.compile(r"[._-](?:down|undo|rollback|revert)\.sql$")


def _listed(folder: Folder) -> tuple[Listed | BadName, ...]:
    entries = [
        Listed(
            path=file, version=match["version"], name=match["name"].removesuffix(".up").strip("_- ").replace("_", " ")
        )
        for file in folder.direct
        if (match := NAME.fullmatch(file)) and not _DOWN.search(file)
    ]
    return tuple(sorted(entries, key=lambda entry: (_numbers(entry.version), entry.path)))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.split("[.-]", version))


def _up(text: str, options: str | None) -> Up:
    del options
    transaction = Transaction.NONE if needs_no_transaction(text) else Transaction.ONE
    return Up(start=0, end=len(text), transaction=transaction)


NUMBERED = Tool(
    kind=MigrationKind.NUMBERED,
    name="the order of files",
    twice="Which of the two comes first is left to their names.",
    bookkeeping=None,
    listed=_listed,
    up=_up,
    checksum=no_checksum,
)
