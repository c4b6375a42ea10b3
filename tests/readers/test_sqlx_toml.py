"""What `sqlx.toml` says of the macros' types and of migrations."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.contracts import Contracts, Crate, MacroOverride, Unread
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.migration_folders import migration_folders
from pytest_errorbudget.readers.migrations.reader import read_migrations
from pytest_errorbudget.readers.sqlx_toml import MigrateSettings, migrate_settings, with_sqlx_settings

_FEATURES = (("sqlx", "chrono"), ("sqlx", "sqlx-toml"), ("sqlx", "time"))


def _read(root: Path, text: str, features: tuple[tuple[str, str], ...] = _FEATURES) -> tuple[Crate, tuple[Unread, ...]]:
    (root / "billing").mkdir()
    (root / "billing" / "sqlx.toml").write_text(text)
    crate = Crate(
        name="billing",
        manifest="billing/Cargo.toml",
        service=True,
        libraries=("sqlx",),
        files=(),
        features=features,
    )
    found = with_sqlx_settings(root, Contracts(crates=(crate,)))
    return found.crates[0], found.gaps


def test_types_of_the_macros(tmp_path: Path) -> None:
    text = """
[macros.preferred-crates]
date-time = "chrono"
numeric = "inferred"
[macros.type-overrides]
'UUID' = "crate::types::Id"
[macros.table-overrides.'billing.invoices']
amount = "crate::types::Money"
"""
    crate, gaps = _read(tmp_path, text)
    assert crate.features == (("sqlx", "chrono"), ("sqlx", "sqlx-toml"))
    assert crate.overrides == (
        MacroOverride("billing.invoices", "amount", "crate::types::Money"),
        MacroOverride("uuid", "", "crate::types::Id"),
    )
    assert gaps == ()


@pytest.mark.parametrize(
    ("text", "features", "reason"),
    [
        (
            "[macros.type-overrides]\nuuid = 'Id'",
            (),
            "`macros`: its crate does not enable sqlx's feature `sqlx-toml`, without which the macros do not read it",
        ),
        (
            "[migrate]\ncreate-schemas = ['foo']",
            _FEATURES,
            "`create-schemas`: the schemas that it has sqlx create first are not created",
        ),
        (
            "[migrate]\nignored-chars = [' ']",
            _FEATURES,
            "`ignored-chars`: the checksums of the migrations are of the files as they are",
        ),
        (
            "[migrate]\ntable-name = 'foo.done'",
            _FEATURES,
            "`table-name`: the table `foo.done` of another schema is not looked for",
        ),
        ("nonsense", _FEATURES, "it cannot be read: Expected '=' after a key in a key/value pair (at end of document)"),
    ],
)
def test_what_is_not_followed_is_said(
    text: str, features: tuple[tuple[str, str], ...], reason: str, tmp_path: Path
) -> None:
    crate, gaps = _read(tmp_path, text, features)
    assert crate.overrides == ()
    assert gaps == (Unread(span=Span("billing/sqlx.toml", 1), reason=reason),)


def test_the_folder_and_the_table_of_migrations(tmp_path: Path) -> None:
    for folder in ("db/migrations", "old/migrations"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "1_init.sql").write_text("create table t (id int);")
    assert migration_folders(tmp_path).folders == ("db/migrations", "old/migrations")
    (tmp_path / "sqlx.toml").write_text("[common]\ndatabase-url-var = 'X'\n[migrate]\nmigrations-dir = 'db/migrations'")
    assert migration_folders(tmp_path).folders == ("db/migrations",)
    (tmp_path / "db" / "sqlx.toml").write_text("[migrate]\ntable-name = 'applied'")
    assert migrate_settings(tmp_path, "db") == MigrateSettings(table="applied")
    assert read_migrations(tmp_path, "db/migrations")[0].bookkeeping == "applied"
    assert read_migrations(tmp_path, "old/migrations")[0].bookkeeping is None
