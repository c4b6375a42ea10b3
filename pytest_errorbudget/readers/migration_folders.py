"""Where a repository keeps its migrations, found by layout; nothing of a file is read but its name."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pytest_errorbudget.readers.sqlx_toml import migrate_settings

_Holds = Callable[[Path, Sequence["os.DirEntry[str]"]], bool]
_DEPTH = 5
_PASSED_OVER = {"target", "node_modules", "vendor", "dist", "venv"}
_OUR_DATABASE = {"pg", "pgsql", "postgres", "postgresql"}
_OTHER_DATABASES = {"mysql", "mariadb", "sqlite", "sqlite3", "mssql", "sqlserver", "oracle"}
# These names are told from everything else; numbered SQL files are migrations where the folder says so too.
_OWN_NAMES = re.compile(r"[VU][0-9]+(?:[._][0-9]+)*__.*\.(?:sql|rs|java)|R__.*\.sql|m[0-9]{6,8}_[0-9]{6}_\w+\.rs")
# Such names say it too, in whichever folder, where no other folder is one of migrations.
_REVERSIBLE = re.compile(r"[0-9]+_.*\.up\.sql")
SHARED_WORDS = frozenset({"shared", "common", "global", "public", "platform"})
TENANT_WORDS = frozenset({"tenant", "tenants"})
# What Cargo compiles beside a package's own code; never part of a service.
_NOT_SERVICES = frozenset({"tests", "examples", "benches"})
_FOLDER_NAME = re.compile(r"(?:.*[._-])?(?:migrations?|migrate)(?:[._-].*)?")


@dataclass(frozen=True, slots=True)
class SetAside:
    """A folder of migrations that is not taken, and why."""

    folder: str
    reason: str


@dataclass(frozen=True, slots=True)
class MigrationFolders:
    """Folders relative to the root with forward slashes, sorted."""

    folders: tuple[str, ...]
    set_aside: tuple[SetAside, ...] = ()


def migration_folders(root: Path) -> MigrationFolders:
    """All folders of migrations; those of another database are set aside, and what is clearly not meant."""
    found = sorted(_below(root, root, _DEPTH, _holds_migrations) or _below(root, root, _DEPTH, _holds_reversible))
    foreign = {folder: name for folder in found if (name := _named_for(folder, _OTHER_DATABASES)) is not None}
    own = [folder for folder in found if folder not in foreign]
    aside = [SetAside(folder, f"its name says that it is for {name}") for folder, name in foreign.items()]
    beside = {folder: place for folder in own if (place := _beside_a_package(root, folder)) is not None}
    if len(beside) < len(own):
        own = [folder for folder in own if folder not in beside]
        aside += [
            SetAside(folder, f"it lies in {name}, beside a package's own code") for folder, name in beside.items()
        ]
    for chosen, reason in _chosen(root, own):
        aside += [SetAside(folder, reason) for folder in own if folder != chosen]
        own = [chosen]
    return MigrationFolders(tuple(own), tuple(sorted(aside, key=lambda one: one.folder)))


def _chosen(root: Path, own: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The one of several folders that is clearly meant, if there is one, and why the others are not."""
    if len(own) < 2:
        return
    postgres = [folder for folder in own if _named_for(folder, _OUR_DATABASE)]
    named = _named_by_diesel(root)
    if len(postgres) == 1:
        yield postgres[0], f"{postgres[0]} is the one whose name says that it is for PostgreSQL"
    elif named is not None and named in own:
        yield named, f"diesel.toml names {named}"
    elif (configured := migrate_settings(root, ".").folder) is not None and configured in own:
        yield configured, f"sqlx.toml names {configured}"


def _beside_a_package(root: Path, folder: str) -> str | None:
    """Cargo's own folder of tests, examples or benchmarks around it."""
    for around in PurePosixPath(folder).parents:
        if around.name in _NOT_SERVICES and (root / around.parent / "Cargo.toml").is_file():
            return str(around)
    return None


def _named_for(folder: str, databases: Set[str]) -> str | None:
    words = (word.lower() for part in PurePosixPath(folder).parts for word in re.split(r"[._-]", part))
    return next((word for word in words if word in databases), None)


def _named_by_diesel(root: Path) -> str | None:
    try:
        table = tomllib.loads((root / "diesel.toml").read_text(encoding="utf-8")).get("migrations_directory")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    named = table.get("dir") if isinstance(table, dict) else None
    return str(PurePosixPath(named)) if isinstance(named, str) else None


def _below(root: Path, folder: Path, depth: int, holds: _Holds) -> list[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    if holds(folder, entries):
        return [folder.relative_to(root).as_posix()]
    return [found for inner in (_sources(entries) if depth else ()) for found in _below(root, inner, depth - 1, holds)]


def source_folders(folder: Path) -> tuple[Path, ...]:
    """The folders in it that people write: none that is hidden, a build's or a package manager's."""
    try:
        return tuple(_sources(sorted(os.scandir(folder), key=lambda entry: entry.name)))
    except OSError:
        return ()


def _sources(entries: Sequence[os.DirEntry[str]]) -> Iterator[Path]:
    for entry in entries:
        hidden = entry.name.startswith(".") or entry.name in _PASSED_OVER
        is_source = not hidden and entry.is_dir(follow_symlinks=False)
        if is_source and not os.path.lexists(os.path.join(entry.path, "CACHEDIR.TAG")):
            yield Path(entry.path)


def _holds_reversible(_folder: Path, entries: Sequence[os.DirEntry[str]]) -> bool:
    """sqlx's and golang-migrate's `1_x.up.sql`."""
    return any(_REVERSIBLE.fullmatch(entry.name) and entry.is_file() for entry in entries)


def _holds_migrations(folder: Path, entries: Sequence[os.DirEntry[str]]) -> bool:
    if any(_OWN_NAMES.fullmatch(entry.name) and entry.is_file() for entry in entries):
        return True
    if any(entry.name[:1].isdigit() and os.path.isfile(os.path.join(entry.path, "up.sql")) for entry in entries):
        return True
    files = [entry.name for entry in entries if entry.name.endswith(".sql") and entry.is_file()]
    if _FOLDER_NAME.fullmatch(folder.name) is not None:
        return bool(files)
    # `migrations/postgres`, `migrations/tenant`: one of several sets
    of_several = folder.name in SHARED_WORDS | TENANT_WORDS or any(name[:1].isdigit() for name in files)
    return of_several and bool(files) and _FOLDER_NAME.fullmatch(folder.parent.name) is not None
