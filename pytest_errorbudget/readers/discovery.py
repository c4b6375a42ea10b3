"""What a repository shows without any settings: its workspace, its services, and its folders of migrations."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pytest_errorbudget.model.problem import Unchecked, Unreadable
from pytest_errorbudget.model.proposal import Proposal, ProposedDatabase
from pytest_errorbudget.model.settings import Database, MigrationSettings, Settings
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.cargo_toml import cargo_toml
from pytest_errorbudget.readers.migration_folders import SHARED_WORDS, TENANT_WORDS, migration_folders, source_folders
from pytest_errorbudget.readers.workspace import Package, read_workspace

_MANIFEST = "Cargo.toml"
_SHOWN = 3
_DEPTH = 3


def discovered(root: Path, settings_path: str) -> Settings:
    """Settings with no tenants and no events; of several folders of migrations, or several manifests below the root,
    none is guessed: they are counted as not checked."""
    database = Database(name="default", url=None, migrations=None, services=(), tenants=(), span=Span(settings_path, 1))
    manifests = _manifests(root)
    found = Settings(
        path=settings_path,
        exists=False,
        manifest=manifests[0] if len(manifests) == 1 else _MANIFEST,
        databases=(database,),
        unchecked=tuple(
            Unchecked("Cargo manifest", path, f"{_listed(manifests)} are there: name yours in {settings_path}")
            for path in (manifests if len(manifests) > 1 else ())
        ),
    )
    return completed(root, found)


def completed(root: Path, settings: Settings) -> Settings:
    """The same settings, with the folder of migrations that the repository shows where one database names none."""
    if len(settings.databases) != 1 or settings.databases[0].migrations is not None:
        return settings
    found = migration_folders(root)
    folders = found.folders
    migrations = MigrationSettings(path=folders[0]) if len(folders) == 1 else None
    unchecked = (
        *settings.unchecked,
        *(Unchecked("migration folder", aside.folder, aside.reason) for aside in found.set_aside),
        *(
            Unchecked("migration folder", folder, f"{_listed(folders)} hold migrations: name yours in {settings.path}")
            for folder in (folders if len(folders) > 1 else ())
        ),
    )
    database = replace(settings.databases[0], migrations=migrations)
    return replace(settings, databases=(database,), unchecked=unchecked)


def _listed(folders: Sequence[str]) -> str:
    more = len(folders) - _SHOWN
    if more > 0:
        return f"{', '.join(folders[:_SHOWN])} and {more} more"
    return f"{', '.join(folders[:-1])} and {folders[-1]}"


def _manifests(root: Path) -> tuple[str, ...]:
    """The root's own Cargo manifest; where it has none, those that are nearest below it."""
    level = [root]
    for _ in range(_DEPTH + 1):
        found = [folder for folder in level if (folder / _MANIFEST).is_file()]
        if found:
            return tuple(sorted((folder / _MANIFEST).relative_to(root).as_posix() for folder in found))
        level = [inner for folder in level for inner in source_folders(folder)]
    return ()


def workspace_around(folder: Path) -> Path | None:
    """The nearest folder, this one or one above it, whose manifest is that of a Cargo workspace."""
    for candidate in (folder, *folder.parents):
        try:
            if "workspace" in cargo_toml((candidate / _MANIFEST).read_text(encoding="utf-8")):
                return candidate
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
    return None


def proposed(root: Path) -> Proposal:
    """Settings to begin with: a database for each folder of migrations, with the services that are nearest to it."""
    manifests = _manifests(root)
    manifest = manifests[0] if len(manifests) == 1 else None
    packages = _packages(root, manifest)
    services = tuple(package for package in packages if package.service)
    folders = migration_folders(root).folders
    sets = _sets(folders)
    homes = {folder: _home_of(folder) for folder in sets}
    names = Counter(map(_database_name, homes.values()))
    nearest = {
        service.name: max((folder for folder in sets if _home(service).is_relative_to(homes[folder])), key=len)
        for service in services
        if any(_home(service).is_relative_to(home) for home in homes.values())
    }
    return Proposal(
        manifest=manifest,
        services=tuple(service.name for service in services),
        databases=tuple(
            ProposedDatabase(
                name="default" if len(sets) == 1 else _name_of(folder, homes[folder], names),
                migrations=folder,
                services=_readers(folder, nearest, packages) if len(sets) > 1 else (),
                shared=shared,
            )
            for folder, shared in sets.items()
        ),
    )


def _sets(folders: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The folders, each with those beside it whose names say that they hold what its tenants share."""
    tenants = {PurePosixPath(folder).parent: folder for folder in folders if _words(folder) & TENANT_WORDS}
    shared = {f for f in folders if _words(f) & SHARED_WORDS and PurePosixPath(f).parent in tenants}
    return {
        folder: tuple(sorted(f for f in shared if tenants[PurePosixPath(f).parent] == folder))
        for folder in folders
        if folder not in shared
    }


def _words(folder: str) -> frozenset[str]:
    return frozenset(re.split(r"[._-]", PurePosixPath(folder).name.lower()))


def _home_of(folder: str) -> PurePosixPath:
    """The folder around the migrations, and around their sets."""
    parent = PurePosixPath(folder).parent
    return parent.parent if _words(folder) <= TENANT_WORDS else parent


def _name_of(folder: str, home: PurePosixPath, names: Mapping[str, int]) -> str:
    """By the folder around the migrations, or by their own where several sets have one around them."""
    name = _database_name(home)
    return name if names[name] == 1 else _database_name(PurePosixPath(folder))


def _database_name(home: PurePosixPath) -> str:
    """The folder around the migrations; whole, because two of them may end alike."""
    return "-".join(home.parts) or "core"


def _readers(folder: str, nearest: Mapping[str, str], packages: Sequence[Package]) -> tuple[str, ...]:
    """The services that are nearest to the folder, and what they are built from that may hold queries: the packages of
    the repository that use a database library."""
    by_name = {package.name: package for package in packages}
    services = [name for name, home in nearest.items() if home == folder]
    seen: set[str] = set()
    waiting = list(services)
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in seen:
            seen.add(name)
            waiting += [dependency for _, dependency in by_name[name].dependencies]
    return tuple(sorted({*services, *(name for name in seen if by_name[name].libraries)}))


def _packages(root: Path, manifest: str | None) -> tuple[Package, ...]:
    if manifest is None:
        return ()
    try:
        workspace = read_workspace(root, manifest)
    except Unreadable:
        return ()
    return workspace.packages


def _home(package: Package) -> PurePosixPath:
    return PurePosixPath(package.manifest).parent
