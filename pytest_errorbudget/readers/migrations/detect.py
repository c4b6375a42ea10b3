"""Which tool a folder of migrations belongs to, from its layout.

Two layouts fit two tools each. ``V1__x.sql`` is refinery's and Flyway's: dotted versions, repeatable files and a
``flyway.conf`` or ``flyway.toml`` are Flyway's alone. ``1_x.up.sql`` is sqlx's and golang-migrate's: it is the latter's
where the Go module is nearer than a Cargo manifest. A setting decides where this is wrong.
"""

from __future__ import annotations

import re
from pathlib import Path

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.readers.migrations import dbmate, goose, numbered, sea_orm
from pytest_errorbudget.readers.migrations.tool import Folder

_DIESEL = re.compile(r"[^/.][^/]*/up\.sql")
_VERSIONED = re.compile(r"(?:^|/)[VU](?P<version>[0-9]+(?:[._][0-9]+)*)__[^/]*\.(?P<kind>sql|rs|java)$")
_REPEATABLE = re.compile(r"(?:^|/)R__[^/]*\.sql$")
_NUMBER_AND_NAME = re.compile(r"[+-]?[0-9]+_.*\.sql")
_HEAD = 16_384  # bytes: the mark of a tool comes before its first statement
_FLYWAY_FILES = ("flyway.conf", "flyway.toml", "conf/flyway.conf", "pom.xml", "build.gradle", "build.gradle.kts")


def detected(root: Path, path: str, folder: Folder) -> MigrationKind | None:
    """The kind of the folder ``path`` under ``root``; ``None`` where nothing in it looks like a migration."""
    direct = folder.direct
    if any(_DIESEL.fullmatch(file) for file in folder.files):
        return MigrationKind.DIESEL
    if any(_VERSIONED.search(file) or _REPEATABLE.search(file) for file in folder.files):
        return _refinery_or_flyway(root, path, folder)
    if any(sea_orm.NAME.fullmatch(file) for file in direct):
        return MigrationKind.SEA_ORM
    files = [file for file in direct if numbered.NAME.fullmatch(file) or _NUMBER_AND_NAME.fullmatch(file)]
    if not files:
        return None
    return _marked(root / path / files[0]) or _by_name(root, path, files)


def _refinery_or_flyway(root: Path, path: str, folder: Folder) -> MigrationKind:
    matches = [match for file in folder.files if (match := _VERSIONED.search(file))]
    kinds = {match["kind"] for match in matches}
    if "rs" in kinds:
        return MigrationKind.REFINERY
    flyway = (
        "java" in kinds
        or any(not match["version"].isdigit() for match in matches)
        or any(_REPEATABLE.search(file) for file in folder.files)
        or _nearest(root, path, _FLYWAY_FILES) > _nearest(root, path, ("Cargo.toml",))
    )
    return MigrationKind.FLYWAY if flyway else MigrationKind.REFINERY


def _marked(file: Path) -> MigrationKind | None:
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD).decode("utf-8-sig", errors="replace")
    except OSError:
        return None
    if goose.MARK_UP.search(head):
        return MigrationKind.GOOSE
    return MigrationKind.DBMATE if dbmate.MARK_UP.search(head) else None


def _by_name(root: Path, path: str, files: list[str]) -> MigrationKind:
    reversible = all(file.endswith((".up.sql", ".down.sql")) for file in files)
    if reversible and _nearest(root, path, ("go.mod",)) > _nearest(root, path, ("Cargo.toml",)):
        return MigrationKind.GOLANG_MIGRATE
    named = any(_NUMBER_AND_NAME.fullmatch(file) for file in files)
    return MigrationKind.SQLX if named else MigrationKind.NUMBERED


def _nearest(root: Path, path: str, names: tuple[str, ...]) -> int:
    """How deep the nearest folder around the migrations lies that holds one of the files; -1 for none."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    for depth in range(len(parts), -1, -1):
        if any((root.joinpath(*parts[:depth]) / name).is_file() for name in names):
            return depth
    return -1
