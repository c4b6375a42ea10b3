"""A Cargo workspace from its manifests. No cargo runs, and the disk is not walked for sources.

Members come from ``members`` and ``exclude`` as Cargo reads them, and from path dependencies; the roots of a package
are the files that Cargo would compile as its library and its binaries.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.readers import manifest_problems
from pytest_errorbudget.readers.cargo_features import dependency_tables, enabled_features, with_servers
from pytest_errorbudget.readers.cargo_toml import cargo_toml

# The pools and the blocking client have tokio-postgres' methods.
DATABASE_LIBRARIES = (
    "bb8-postgres",
    "deadpool-postgres",
    "diesel",
    "postgres",
    "r2d2_postgres",
    "sea-orm",
    "sqlx",
    "tokio-postgres",
)

_Table = Mapping[str, Any]
_DEPENDENCIES = "dependencies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """``roots`` are the root files of library and binaries, ``dependencies`` (name in the code, package name) pairs
    for packages of this repository and for ``libraries``: the database crates among them, by their own names.
    ``features`` are the sorted (library, feature) pairs of the manifest, see ``cargo_features``."""

    name: str
    manifest: str
    service: bool
    libraries: tuple[str, ...]
    roots: tuple[str, ...]
    dependencies: tuple[tuple[str, str], ...]
    features: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Packages sorted by name; all paths are relative to the rootdir, with forward slashes."""

    manifest: str
    packages: tuple[Package, ...]
    problems: tuple[Problem, ...] = ()

    def package(self, name: str) -> Package | None:
        return next((package for package in self.packages if package.name == name), None)


@dataclass(frozen=True, slots=True)
class _Manifest:
    path: str
    table: _Table

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.path).parent)


def read_workspace(root: Path, manifest: str) -> Workspace:
    """The workspace whose root manifest is ``manifest`` (relative to ``root``).

    Raises ``Unreadable`` where that manifest is missing or is no Cargo manifest; a member that cannot be read is one
    of the ``problems``.
    """
    top = _read(root, _normal(manifest))
    problems: list[Problem] = []
    workspace = _table(top.table, "workspace")
    if not workspace and not _table(top.table, "package"):
        raise Unreadable(manifest_problems.not_cargo(top.path))
    manifests = {top.path: top} if _table(top.table, "package") else {}
    pending = _members(root, top, problems) + _path_dependencies(top, workspace)
    while pending:
        path = _normal(pending.pop())
        if path in manifests:
            continue
        try:
            member = _read(root, path)
        except Unreadable as error:
            problems.append(error.problem)
            continue
        if _table(member.table, "package"):
            manifests[path] = member
            pending += _path_dependencies(member, workspace, top)
    names = {path: str(_table(found.table, "package").get("name", "")) for path, found in manifests.items()}
    packages = [_package(root, found, workspace, top, names) for found in manifests.values()]
    ordered = sorted(_speaking(packages), key=lambda package: (package.name, package.manifest))
    unique = tuple(sorted(set(problems), key=lambda problem: (problem.place, problem.message)))
    return Workspace(manifest=top.path, packages=tuple(ordered), problems=unique)


def _speaking(packages: list[Package]) -> Iterable[Package]:
    """The packages, each with the servers that it speaks to (``cargo_features.with_servers``)."""
    features = {package.name: package.features for package in packages}
    dependencies = {package.name: [name for _, name in package.dependencies] for package in packages}
    for package in packages:
        yield replace(package, features=with_servers(package.name, package.libraries, features, dependencies))


def _normal(path: str) -> str:
    return os.path.normpath(path).replace(os.sep, "/")


def _join(folder: str, path: str) -> str:
    return _normal(f"{folder}/{path}")


def _table(table: _Table, key: str) -> _Table:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _strings(table: _Table, key: str) -> tuple[str, ...]:
    value = table.get(key)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _read(root: Path, path: str) -> _Manifest:
    try:
        text = (root / path).read_text(encoding="utf-8")
        return _Manifest(path, cargo_toml(text))
    except FileNotFoundError:
        raise Unreadable(manifest_problems.missing(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(manifest_problems.unreadable(path, str(error))) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unreadable(manifest_problems.invalid(path, text, str(error))) from None


def _members(root: Path, top: _Manifest, problems: list[Problem]) -> list[str]:
    """The manifests that ``members`` names and ``exclude`` does not. A pattern may match folders without one."""
    workspace = _table(top.table, "workspace")
    # `cargo package` leaves whole copies in target/, which a wide pattern would match.
    excluded = [_join(top.folder, path) for path in (*_strings(workspace, "exclude"), "target/package")]
    found: list[str] = []
    for pattern in _strings(workspace, "members"):
        folders = _folders(root, top.folder, pattern)
        if not folders:
            problems.append(manifest_problems.member_missing(top.path, pattern))
        found += [folder for folder in folders if not any(_inside(folder, other) for other in excluded)]
    return [f"{folder}/Cargo.toml" if folder != "." else "Cargo.toml" for folder in dict.fromkeys(found)]


def _folders(root: Path, base: str, pattern: str) -> list[str]:
    if not any(sign in pattern for sign in "*?["):
        folder = _join(base, pattern)
        return [folder]
    start = root / base
    matches = (match for match in start.glob(pattern) if (match / "Cargo.toml").is_file())
    return sorted(_join(base, match.relative_to(start).as_posix()) for match in matches)


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _dependencies(manifest: _Manifest, workspace: _Table, top: _Manifest) -> list[tuple[str, _Table, str]]:
    """(key, table, folder that a path in it is relative to); ``workspace = true`` is looked up at the top."""
    shared = _table(workspace, _DEPENDENCIES)
    found: list[tuple[str, _Table, str]] = []
    for table in dependency_tables(manifest.table):
        for key, value in table.items():
            own: _Table = value if isinstance(value, dict) else {}
            if own.get("workspace") is True:
                found.append((key, _table(shared, key), top.folder))
            else:
                found.append((key, own, manifest.folder))
    return found


def _path_dependencies(manifest: _Manifest, workspace: _Table, top: _Manifest | None = None) -> list[str]:
    dependencies = _dependencies(manifest, workspace, top or manifest)
    return [
        f"{_join(folder, table['path'])}/Cargo.toml"
        for _, table, folder in dependencies
        if isinstance(table.get("path"), str)
    ]


def _package(root: Path, manifest: _Manifest, workspace: _Table, top: _Manifest, names: Mapping[str, str]) -> Package:
    dependencies = _dependencies(manifest, workspace, top)
    local: dict[str, str] = {}
    libraries: set[str] = set()
    for key, table, folder in dependencies:
        name = str(table.get("package", key))
        path = table.get("path")
        if isinstance(path, str) and (found := names.get(f"{_join(folder, path)}/Cargo.toml")):
            local[key.replace("-", "_")] = found
        if name in DATABASE_LIBRARIES:
            libraries.add(name)
            local[key.replace("-", "_")] = name
    name = names[manifest.path]
    library = _library(root, manifest)
    binaries = _binaries(root, manifest)
    local[_library_name(manifest, name)] = name
    return Package(
        name=name,
        manifest=manifest.path,
        service=bool(binaries),
        libraries=tuple(sorted(libraries)),
        roots=tuple(dict.fromkeys(library + binaries)),
        dependencies=tuple(sorted(local.items())),
        features=enabled_features(manifest.table, workspace, DATABASE_LIBRARIES),
    )


def _library_name(manifest: _Manifest, package: str) -> str:
    return str(_table(manifest.table, "lib").get("name", package)).replace("-", "_")


def _library(root: Path, manifest: _Manifest) -> tuple[str, ...]:
    """The library's root: ``[lib] path``, else ``src/lib.rs`` where it exists."""
    written = _table(manifest.table, "lib").get("path")
    if isinstance(written, str):
        return (_join(manifest.folder, written),)
    usual = _join(manifest.folder, "src/lib.rs")
    return (usual,) if (root / usual).is_file() else ()


def _binaries(root: Path, manifest: _Manifest) -> tuple[str, ...]:
    """``[[bin]]`` entries, and what Cargo finds itself unless ``autobins = false``: ``src/main.rs``, ``src/bin``."""
    entries = manifest.table.get("bin")
    tables = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    found = [_join(manifest.folder, entry["path"]) for entry in tables if isinstance(entry.get("path"), str)]
    named = [str(entry["name"]) for entry in tables if "name" in entry and "path" not in entry]
    usual = [*_found_binaries(root, manifest.folder)]
    if _table(manifest.table, "package").get("autobins") is False:
        usual = [path for path in usual if _binary_name(path) in named or (path.endswith("src/main.rs") and named)]
    return tuple(sorted(dict.fromkeys(found + usual)))


def _found_binaries(root: Path, folder: str) -> Iterable[str]:
    main = _join(folder, "src/main.rs")
    if (root / main).is_file():
        yield main
    bins = root / folder / "src" / "bin"
    for path in sorted(bins.glob("*.rs")) + sorted(bins.glob("*/main.rs")):
        yield _join(folder, f"src/bin/{path.relative_to(bins).as_posix()}")


def _binary_name(path: str) -> str:
    pure = PurePosixPath(path)
    return pure.parent.name if pure.name == "main.rs" else pure.stem
