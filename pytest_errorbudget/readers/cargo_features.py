"""What a Cargo manifest enables of the database libraries, before any other package of the build adds to it.

A dependency's features are its own ``features``, those of ``[workspace.dependencies]`` where it is
``workspace = true``, and what the package's default features enable of it (``sqlx/chrono``, ``sqlx?/chrono``), followed
through the package's ``[features]``. ``default`` is among them unless ``default-features = false`` says otherwise.

Cargo builds a dependency once, with the features that all who use it enable. Of that, one thing is taken: a package
that says of no server that it speaks to it speaks to those that its own dependencies in the repository name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_Table = Mapping[str, Any]
_Features = tuple[tuple[str, str], ...]
_SERVERS = ("postgres", "sqlite", "mysql", "sqlx-postgres", "sqlx-sqlite", "sqlx-mysql")


def dependency_tables(manifest: _Table) -> Iterable[_Table]:
    """The dependencies of library and binaries, also those of one target. Tests and build scripts have their own."""
    yield _table(manifest, "dependencies")
    for target in _table(manifest, "target").values():
        if isinstance(target, dict):
            yield _table(target, "dependencies")


def enabled_features(manifest: _Table, workspace: _Table, libraries: tuple[str, ...]) -> _Features:
    """Sorted (library, feature) pairs of the ``libraries`` that the manifest depends on."""
    shared = _table(workspace, "dependencies")
    enabled = _default_features(_table(manifest, "features"))
    found: set[tuple[str, str]] = set()
    for table in dependency_tables(manifest):
        for key, value in table.items():
            own: _Table = value if isinstance(value, dict) else {}
            inherited = _inherited(own, shared, key)
            library = str(inherited.get("package", key))
            if library in libraries:
                names = {*_written(own), *_written(inherited), *enabled.get(key, ())}
                found |= {(library, name) for name in names}
    return tuple(sorted(found))


def with_servers(
    package: str,
    libraries: Sequence[str],
    features: Mapping[str, _Features],
    dependencies: Mapping[str, Sequence[str]],
) -> _Features:
    """The features of a package of the repository, with those that name servers in the packages that it depends on,
    for each of its ``libraries`` of which it names none itself. Both mappings go by the package's name."""
    own = features[package]
    silent = {*libraries} - {library for library, name in own if _names_a_server(name)}
    below = _below(package, dependencies) if silent else ()
    inherited = {pair for name in below for pair in features[name] if pair[0] in silent and _names_a_server(pair[1])}
    return tuple(sorted({*own, *inherited}))


def _names_a_server(feature: str) -> bool:
    return feature.startswith(_SERVERS)


def _below(package: str, dependencies: Mapping[str, Sequence[str]]) -> Iterable[str]:
    pending, seen = [*dependencies[package]], {package}
    while pending:
        name = pending.pop()
        if name not in seen and name in dependencies:
            seen.add(name)
            pending += dependencies[name]
            yield name


def _table(table: _Table, key: str) -> _Table:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _inherited(own: _Table, shared: _Table, key: str) -> _Table:
    """The dependency with what ``workspace = true`` adds. A member can turn default features on, not off."""
    if own.get("workspace") is not True:
        return {**own, "default-features": _default(own)}
    inherited = _table(shared, key)
    return {**inherited, "default-features": own.get("default-features") is True or _default(inherited)}


def _default(table: _Table) -> bool:
    """Whether default features are on; Cargo still reads the older spelling."""
    return table.get("default-features", table.get("default_features", True)) is not False


def _written(table: _Table) -> Iterable[str]:
    features = table.get("features")
    if isinstance(features, list):
        yield from (feature for feature in features if isinstance(feature, str))
    if table.get("default-features") is True:
        yield "default"


def _default_features(features: _Table) -> dict[str, set[str]]:
    """What the default features enable, by the dependency's name in the manifest."""
    enabled: dict[str, set[str]] = {}
    pending, seen = ["default"], set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        values = features.get(name)
        for value in values if isinstance(values, list) else ():
            dependency, slash, feature = str(value).partition("/")
            if slash:
                enabled.setdefault(dependency.removesuffix("?"), set()).add(feature)
            elif not dependency.startswith("dep:"):
                pending.append(dependency)
    return enabled
