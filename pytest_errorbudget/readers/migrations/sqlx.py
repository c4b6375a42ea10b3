"""sqlx's own rules for a folder of migrations (``sqlx-core``, ``migrate/source.rs`` and ``migrate/migration_type.rs``).

A file is a migration if its name is ``<VERSION>_<DESCRIPTION>.sql``; anything else in the folder is ignored, and so are
subfolders. ``.up.sql`` is the way up of a reversible migration, ``.down.sql`` the way down. The version is a 64-bit
integer and decides the order. A file that starts with ``-- no-transaction`` is applied outside a transaction.
"""

from __future__ import annotations

import hashlib

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.readers.migrations.tool import BadName, Bookkeeping, Folder, Listed, Tool, Transaction, Up

_LARGEST = 2**63 - 1
NO_TRANSACTION = "-- no-transaction"


def _listed(folder: Folder) -> tuple[Listed | BadName, ...]:
    good: list[tuple[int, str, Listed]] = []
    bad: list[BadName] = []
    for file in folder.direct:
        version, underscore, rest = file.partition("_")
        if not underscore or not rest.endswith(".sql") or rest.endswith(".down.sql"):
            continue
        number = _integer(version)
        if number is None:
            bad.append(_bad_version(file, version))
            continue
        name = rest.removesuffix(".sql").removesuffix(".up").replace("_", " ")
        good.append((number, file, Listed(path=file, version=str(number), name=name)))
    return (*(entry for _, _, entry in sorted(good, key=lambda e: e[:2])), *bad)


def _bad_version(file: str, version: str) -> BadName:
    return BadName(
        path=file,
        message=f"`{version}` is not a version: sqlx reads the text before the first `_` as a 64-bit integer",
        consequence="sqlx refuses the whole folder, so the service does not start; here the file is left out.",
        help="Rename the file to `<integer>_<description>.sql`, or move it out of the folder.",
    )


def _integer(text: str) -> int | None:
    digits = text.removeprefix("+") if text.startswith("+") else text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits[:20]) if len(digits) < 20 else _LARGEST + 1
    signed = -number if text.startswith("-") else number
    return signed if -_LARGEST - 1 <= signed <= _LARGEST else None


def _up(text: str, options: str | None) -> Up:
    del options
    transaction = Transaction.NONE if text.startswith(NO_TRANSACTION) else Transaction.ONE
    return Up(start=0, end=len(text), transaction=transaction)


def _checksum(listed: Listed, content: bytes) -> str:
    del listed
    return hashlib.sha384(content).hexdigest()


SQLX = Tool(
    kind=MigrationKind.SQLX,
    name="sqlx",
    twice="sqlx stores one row a version and fails on the second file when it migrates.",
    bookkeeping=Bookkeeping(
        table="_sqlx_migrations",
        create="create table {table} (version bigint primary key, description text not null, "
        "installed_on timestamptz not null default now(), success boolean not null, checksum bytea not null, "
        "execution_time bigint not null)",
        applied="insert into {table} (version, description, success, checksum, execution_time) "
        "values ({version}::bigint, {name}, true, '', 0)",
        # A migration that failed half-way stays in the table with `success` false.
        newest="select max(version) from {table} where success",
        checksums="select version::text, encode(checksum, 'hex') from {table} where success",
    ),
    listed=_listed,
    up=_up,
    checksum=_checksum,
)
