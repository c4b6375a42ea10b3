"""``sqlx.toml`` beside a manifest: which Rust types sqlx's macros choose, and where its migrations and their table are.

Format: sqlx 0.9, ``sqlx-core/src/config``. The macros read it where the feature ``sqlx-toml`` is on; the command line
always does. What of it is not followed is said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from pytest_errorbudget.model.contracts import Contracts, Crate, MacroOverride, Unread
from pytest_errorbudget.model.source import Span

_FILE = "sqlx.toml"
_FEATURE = ("sqlx", "sqlx-toml")
# The feature that is out of the race where the other crate is preferred.
_OTHERS = {"chrono": "time", "time": "chrono", "rust_decimal": "bigdecimal", "bigdecimal": "rust_decimal"}
_NOT_FOLLOWED = {
    "create-schemas": "the schemas that it has sqlx create first are not created",
    "ignored-chars": "the checksums of the migrations are of the files as they are",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrateSettings:
    """``[migrate]``: the folder relative to the root with forward slashes, and the table of applied migrations;
    ``None`` where it does not say."""

    folder: str | None = None
    table: str | None = None


def migrate_settings(root: Path, folder: str) -> MigrateSettings:
    """What the file in ``folder`` says of migrations: nothing where there is none."""
    try:
        table = _tables(_loaded(root, _path(folder)), "migrate")
    except (OSError, ValueError):
        return MigrateSettings()
    named, bookkeeping = table.get("migrations-dir"), table.get("table-name")
    return MigrateSettings(
        folder=str(PurePosixPath(folder) / named) if isinstance(named, str) else None,
        table=bookkeeping if isinstance(bookkeeping, str) and bookkeeping.isidentifier() else None,
    )


def with_sqlx_settings(root: Path, contracts: Contracts) -> Contracts:
    """With what the files beside the crates' manifests say; what of them is not followed is a gap."""
    crates, gaps = [], list(contracts.gaps)
    for crate in contracts.crates:
        path = _path(str(PurePosixPath(crate.manifest).parent))
        if "sqlx" not in crate.libraries or not (root / path).is_file():
            crates.append(crate)
            continue
        try:
            table = _loaded(root, path)
        except (OSError, ValueError) as error:
            gaps.append(Unread(span=Span(path, 1), reason=f"it cannot be read: {error}"))
            crates.append(crate)
            continue
        gaps.extend(Unread(span=Span(path, 1), reason=reason) for reason in _not_followed(crate, table))
        crates.append(_configured(crate, table) if _FEATURE in crate.features else crate)
    return replace(contracts, crates=tuple(crates), gaps=tuple(gaps))


def _path(folder: str) -> str:
    return str(PurePosixPath(folder) / _FILE)


def _loaded(root: Path, path: str) -> Mapping[str, Any]:
    return tomllib.loads((root / path).read_text(encoding="utf-8"))


def _tables(table: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        inner = table.get(name)
        table = inner if isinstance(inner, dict) else {}
    return table


def _not_followed(crate: Crate, table: Mapping[str, Any]) -> Iterator[str]:
    migrate = _tables(table, "migrate")
    yield from (f"`{name}`: {reason}" for name, reason in _NOT_FOLLOWED.items() if migrate.get(name))
    named = migrate.get("table-name")
    if named is not None and not (isinstance(named, str) and named.isidentifier()):
        yield f"`table-name`: the table `{named}` of another schema is not looked for"
    if "macros" in table and _FEATURE not in crate.features:
        yield "`macros`: its crate does not enable sqlx's feature `sqlx-toml`, without which the macros do not read it"


def _configured(crate: Crate, table: Mapping[str, Any]) -> Crate:
    preferred = _tables(table, "macros", "preferred-crates")
    beaten = {("sqlx", _OTHERS[str(name)]) for name in preferred.values() if str(name) in _OTHERS}
    features = tuple(feature for feature in crate.features if feature not in beaten)
    return replace(crate, features=features, overrides=tuple(sorted(_overrides(table))))


def _overrides(table: Mapping[str, Any]) -> Iterator[MacroOverride]:
    for pg, rust in _tables(table, "macros", "type-overrides").items():
        yield MacroOverride(of=pg.lower(), column="", rust=str(rust))
    for relation, columns in _tables(table, "macros", "table-overrides").items():
        if isinstance(columns, dict):
            yield from (MacroOverride(of=relation, column=column, rust=str(rust)) for column, rust in columns.items())
