"""refinery's rules (``refinery-core``, ``util.rs`` and ``runner.rs``).

A migration is ``V<integer>__<name>`` or ``U<integer>__<name>`` (one that need not follow the newest), in SQL or in
Rust, in the folder or below it. The integer decides the order. Each migration runs in a transaction of its own.
"""

from __future__ import annotations

import re

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.readers.migrations.siphash import siphash13
from pytest_errorbudget.readers.migrations.tool import BadName, Bookkeeping, Folder, Listed, Tool, whole

_NAME = re.compile(r"(?:^|/)[UV](?P<version>\d+(?:\.\d+)?)__(?P<name>\w+)\.(?P<kind>sql|rs)$", re.ASCII)
_LARGEST, _INT4 = 2**63 - 1, 2**31


def _listed(folder: Folder) -> tuple[Listed | BadName, ...]:
    good: list[Listed] = []
    bad: list[BadName] = []
    for file in folder.files:
        match = _NAME.search(file)
        if match is None:
            continue
        if "." in match["version"] or int(match["version"]) > _LARGEST:
            bad.append(_bad_version(file, match["version"]))
            continue
        unread = "it is written in Rust, which is never run" if match["kind"] == "rs" else None
        good.append(Listed(path=file, version=str(int(match["version"])), name=match["name"], unread=unread))
    return (*sorted(good, key=lambda entry: (int(entry.version), entry.path)), *bad)


def _bad_version(file: str, version: str) -> BadName:
    return BadName(
        path=file,
        message=f"`{version}` is not a version: refinery reads the digits after `V` or `U` as an integer",
        consequence="refinery refuses the whole folder, so the service is not built; here the file is left out.",
        help="Rename the file to `V<integer>__<name>.sql`.",
    )


def _checksum(listed: Listed, content: bytes) -> str:
    """Over name, version and text, as Rust hashes a ``str`` (its bytes, then 0xFF) and an ``i32``.

    A version beyond 32 bits needs refinery's feature ``int8-versions``, and is hashed as an ``i64``.
    """
    version = int(listed.version)
    number = version.to_bytes(4 if version < _INT4 else 8, "little")
    return str(siphash13(listed.name.encode() + b"\xff" + number + content + b"\xff"))


REFINERY = Tool(
    kind=MigrationKind.REFINERY,
    name="refinery",
    twice="refinery stores one row a version and refuses the second file when it migrates.",
    bookkeeping=Bookkeeping(
        table="refinery_schema_history",
        create="create table {table} (version bigint primary key, name varchar(255), applied_on varchar(255), "
        "checksum varchar(255))",
        applied="insert into {table} (version, name) values ({version}::bigint, {name})",
        newest="select max(version) from {table}",
        checksums="select version::text, checksum::text from {table} where checksum is not null",
    ),
    listed=_listed,
    up=whole,
    checksum=_checksum,
)
