"""Flyway's rules (its reference: migrations, script configuration, schema history table).

``V<version>__<description>.sql`` is versioned: numbers parted by ``.`` or ``_``, compared number by number.
``R__<description>.sql`` is repeatable: after all versions, by description. ``U…`` undoes and is never applied on the
way up; ``B…`` stands for all versions up to its own and is not read. Files may lie in subfolders. A migration runs in a
transaction unless one of its statements cannot, or ``<file>.conf`` says ``executeInTransaction=false``.
"""

from __future__ import annotations

import re
import zlib

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.readers.migrations.outside import needs_no_transaction
from pytest_errorbudget.readers.migrations.tool import BadName, Bookkeeping, Folder, Listed, Tool, Transaction, Up

_VERSIONED = re.compile(r"(?:^|/)V(?P<version>[0-9]+(?:[._][0-9]+)*)__(?P<name>[^/]*)\.(?P<kind>sql|java)$")
_REPEATABLE = re.compile(r"(?:^|/)R__(?P<name>[^/]*)\.sql$")
_LINE_END = re.compile(r"\r\n|\r|\n")
_OPTION = re.compile(r"^\s*executeInTransaction\s*=\s*false\s*$", re.MULTILINE)


def version_key(version: str) -> tuple[int, ...]:
    """Numbers to compare by; ``1.0`` is ``1``."""
    numbers = [int(number) for number in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _listed(folder: Folder) -> tuple[Listed | BadName, ...]:
    files = set(folder.files)
    versioned = sorted(
        (_versioned(file, match, files) for file in folder.files if (match := _VERSIONED.search(file))),
        key=lambda entry: (version_key(entry.version), entry.path),
    )
    newest = versioned[-1].version if versioned else ""
    repeatable = sorted(
        (
            Listed(path=file, version=newest, name=_name(match), options=_options(file, files), again=True)
            for file in folder.files
            if (match := _REPEATABLE.search(file))
        ),
        key=lambda entry: (entry.name, entry.path),
    )
    return (*versioned, *repeatable)


def _versioned(file: str, match: re.Match[str], files: set[str]) -> Listed:
    return Listed(
        path=file,
        version=match["version"].replace("_", "."),
        name=_name(match),
        options=_options(file, files),
        unread="it is written in Java, which is never run" if match["kind"] == "java" else None,
    )


def _name(match: re.Match[str]) -> str:
    return match["name"].replace("_", " ")


def _options(file: str, files: set[str]) -> str | None:
    return f"{file}.conf" if f"{file}.conf" in files else None


def _up(text: str, options: str | None) -> Up:
    outside = needs_no_transaction(text) or _OPTION.search(options or "") is not None
    return Up(start=0, end=len(text), transaction=Transaction.NONE if outside else Transaction.ONE)


def _checksum(listed: Listed, content: bytes) -> str | None:
    """CRC-32 over the lines without their ends, as a signed 32-bit integer; a repeatable file may change."""
    if listed.again:
        return None
    checksum = 0
    for line in _LINE_END.split(content.decode("utf-8-sig", errors="replace")):
        checksum = zlib.crc32(line.encode(), checksum)
    return str(checksum - 2**32 if checksum >= 2**31 else checksum)


_NEWEST = """
    select version from {table} h where success and version is not null and type !~ '^(UNDO|DELETE)'
    and not exists (select from {table} later where later.success and later.version = h.version
                    and later.installed_rank > h.installed_rank and later.type ~ '^(UNDO|DELETE)')
    order by string_to_array(version, '.')::numeric[] desc limit 1"""

FLYWAY = Tool(
    kind=MigrationKind.FLYWAY,
    name="Flyway",
    twice="Flyway refuses the whole folder.",
    bookkeeping=Bookkeeping(
        table="flyway_schema_history",
        create="create table {table} (installed_rank int primary key, version varchar(50), "
        "description varchar(200) not null, type varchar(20) not null, script varchar(1000) not null, checksum int, "
        "installed_by varchar(100) not null, installed_on timestamp not null default now(), "
        "execution_time int not null, success boolean not null)",
        applied="insert into {table} (installed_rank, version, description, type, script, installed_by, "
        "execution_time, success) select count(*) + 1, {version}, left({name}, 200), 'SQL', '', current_user, 0, true "
        "from {table}",
        newest=_NEWEST,
        checksums="select version, checksum::text from {table} h where success and version is not null "
        "and checksum is not null and type = 'SQL' and not exists (select from {table} later where later.success "
        "and later.version = h.version and later.installed_rank > h.installed_rank)",
    ),
    listed=_listed,
    up=_up,
    checksum=_checksum,
)
