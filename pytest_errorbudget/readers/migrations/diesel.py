"""diesel's rules (``diesel_migrations``, ``file_based_migrations.rs`` and ``migrations_internals``).

A migration is a folder ``<version>_<name>`` that holds ``up.sql``. The version is the text before the first ``_``
without its ``-``, and decides the order as text. ``metadata.toml`` beside it may say ``run_in_transaction = false``.
"""

from __future__ import annotations

import tomllib

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

_UP, _METADATA = "up.sql", "metadata.toml"


def _listed(folder: Folder) -> tuple[Listed | BadName, ...]:
    files = set(folder.files)
    entries = [
        _entry(file.rpartition("/")[0], files)
        for file in folder.files
        if file.endswith(f"/{_UP}") and file.count("/") == 1 and not file.startswith(".")
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.version, entry.path)))


def _entry(folder: str, files: set[str]) -> Listed:
    metadata = f"{folder}/{_METADATA}"
    version, _, name = folder.partition("_")
    return Listed(
        path=f"{folder}/{_UP}",
        version=version.replace("-", ""),
        name=name.replace("_", " "),
        options=metadata if metadata in files else None,
    )


def _up(text: str, options: str | None) -> Up:
    return Up(start=0, end=len(text), transaction=_transaction(options or ""))


def _transaction(metadata: str) -> Transaction:
    """A metadata file that is no TOML stops diesel; its migration is then run as all the others are."""
    try:
        outside = tomllib.loads(metadata).get("run_in_transaction", True) is False
    except tomllib.TOMLDecodeError:
        outside = False
    return Transaction.NONE if outside else Transaction.ONE


DIESEL = Tool(
    kind=MigrationKind.DIESEL,
    name="diesel",
    twice="diesel stores one row a version, so only one of the two is ever applied.",
    bookkeeping=Bookkeeping(
        table="__diesel_schema_migrations",
        create="create table {table} (version varchar(50) primary key not null, "
        "run_on timestamp not null default current_timestamp)",
        applied="insert into {table} (version) values ({version})",
        newest='select max(version collate "C") from {table}',
    ),
    listed=_listed,
    up=_up,
    checksum=no_checksum,
)
