"""Folders of migrations, found by layout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.readers.discovery import discovered, proposed
from pytest_errorbudget.readers.migration_folders import MigrationFolders, SetAside, migration_folders


def written(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("migrations/1_a.sql", "migrations"),
        ("db/migrate/1_a.sql", "db/migrate"),
        ("migrations_pg/2024-01-01-000000_a/up.sql", "migrations_pg"),
        ("services/core/schema/2024-01-01-000000_a/up.sql", "services/core/schema"),
        ("crates/store/sql/V1__a.sql", "crates/store/sql"),
        ("crates/store/src/steps/V1__a.rs", "crates/store/src/steps"),
        ("db/R__views.sql", "db"),
        ("migration/src/m20220101_000001_a.rs", "migration/src"),
        ("migrations/pg_store/1_a.sql", "migrations/pg_store"),
        ("migrations/tenant/a.sql", "migrations/tenant"),
        ("migrations/fixtures/users.sql", None),
        ("sql/1_a.sql", None),
        ("db/00000000000001_initial_schema.up.sql", "db"),
        ("schemas/database/004_identities.up.sql", "schemas/database"),
        ("migrations/README.md", None),
        ("target/migrations/1_a.sql", None),
        (".git/migrations/1_a.sql", None),
    ],
)
def test_a_folder_is_found_by_its_layout(file: str, folder: str | None, tmp_path: Path) -> None:
    written(tmp_path, {file: ""})
    assert migration_folders(tmp_path) == MigrationFolders(() if folder is None else (folder,))


def test_folders_of_other_databases_are_set_aside(tmp_path: Path) -> None:
    written(tmp_path, {f"migrations/{name}/1_a/up.sql": "" for name in ("mysql", "postgresql", "sqlite")})
    assert migration_folders(tmp_path) == MigrationFolders(
        ("migrations/postgresql",),
        (
            SetAside("migrations/mysql", "its name says that it is for mysql"),
            SetAside("migrations/sqlite", "its name says that it is for sqlite"),
        ),
    )
    settings = discovered(tmp_path, "errorbudget.toml")
    (database,) = settings.databases
    assert database.migrations is not None
    assert database.migrations.path == "migrations/postgresql"
    assert settings.unchecked == (
        Unchecked("migration folder", "migrations/mysql", "its name says that it is for mysql"),
        Unchecked("migration folder", "migrations/sqlite", "its name says that it is for sqlite"),
    )


def test_diesels_own_settings_decide_between_several(tmp_path: Path) -> None:
    files = {"a/migrations/1_a/up.sql": "", "b/migrations/1-a.sql": ""}
    diesel = {"diesel.toml": '[migrations_directory]\ndir = "./a/migrations"\n'}
    assert migration_folders(written(tmp_path, files)).folders == ("a/migrations", "b/migrations")
    assert migration_folders(written(tmp_path, diesel)) == MigrationFolders(
        ("a/migrations",), (SetAside("b/migrations", "diesel.toml names a/migrations"),)
    )


def test_the_folder_that_is_named_for_postgresql_is_meant(tmp_path: Path) -> None:
    files = {"migrations/1_a/up.sql": "", "migrations_pg/1_a/up.sql": ""}
    diesel = {"diesel.toml": '[migrations_directory]\ndir = "migrations"\n'}
    assert migration_folders(written(tmp_path, files | diesel)) == MigrationFolders(
        ("migrations_pg",),
        (SetAside("migrations", "migrations_pg is the one whose name says that it is for PostgreSQL"),),
    )


@pytest.mark.parametrize("text", ["not toml", "migrations_directory = 1", '[migrations_directory]\ndir = "gone"'])
def test_settings_of_diesel_that_say_nothing_change_nothing(text: str, tmp_path: Path) -> None:
    written(tmp_path, {"a/migrations/1_a.sql": "", "b/migrations/1_a.sql": "", "diesel.toml": text})
    assert migration_folders(tmp_path).folders == ("a/migrations", "b/migrations")


def test_several_folders_are_named_and_not_chosen_from(tmp_path: Path) -> None:
    written(tmp_path, {"a/migrations/1_a.sql": "", "b/V1__a.sql": ""})
    settings = discovered(tmp_path, "errorbudget.toml")
    assert [database.migrations for database in settings.databases] == [None]
    assert settings.unchecked == tuple(
        Unchecked("migration folder", folder, "a/migrations and b hold migrations: name yours in errorbudget.toml")
        for folder in ("a/migrations", "b")
    )


def test_of_several_folders_those_of_a_packages_tests_are_not_meant(tmp_path: Path) -> None:
    files = {"Cargo.toml": "", "migrations/1_a.sql": "", "tests/data/migrations/1_a.sql": ""}
    assert migration_folders(written(tmp_path, files)) == MigrationFolders(
        ("migrations",), (SetAside("tests/data/migrations", "it lies in tests, beside a package's own code"),)
    )


def test_a_folder_that_is_merely_called_tests_is_no_packages(tmp_path: Path) -> None:
    files = {"migrations/1_a.sql": "", "tests/migrations/1_a.sql": ""}
    assert migration_folders(written(tmp_path, files)).folders == ("migrations", "tests/migrations")


def test_the_only_folder_counts_wherever_it_is(tmp_path: Path) -> None:
    files = {"Cargo.toml": "", "examples/shop/migrations/1_a.sql": ""}
    assert migration_folders(written(tmp_path, files)).folders == ("examples/shop/migrations",)


def test_many_folders_are_named_up_to_three(tmp_path: Path) -> None:
    written(tmp_path, {f"{name}/migrations/1_a.sql": "" for name in "abcde"})
    assert {unchecked.reason for unchecked in discovered(tmp_path, "errorbudget.toml").unchecked} == {
        "a/migrations, b/migrations, c/migrations and 2 more hold migrations: name yours in errorbudget.toml"
    }


def test_the_only_manifest_below_the_root_is_the_workspaces(tmp_path: Path) -> None:
    written(tmp_path, {"apps/api/Cargo.toml": "", "apps/api/crates/db/Cargo.toml": "", "target/x/Cargo.toml": ""})
    assert discovered(tmp_path, "errorbudget.toml").manifest == "apps/api/Cargo.toml"


def test_of_several_manifests_below_the_root_none_is_guessed(tmp_path: Path) -> None:
    written(tmp_path, {"api/Cargo.toml": "", "worker/Cargo.toml": ""})
    settings = discovered(tmp_path, "errorbudget.toml")
    assert settings.manifest == "Cargo.toml"
    assert settings.unchecked == tuple(
        Unchecked(
            "Cargo manifest", path, "api/Cargo.toml and worker/Cargo.toml are there: name yours in errorbudget.toml"
        )
        for path in ("api/Cargo.toml", "worker/Cargo.toml")
    )


def test_sets_in_one_folder_are_proposed_under_names_of_their_own(tmp_path: Path) -> None:
    written(
        tmp_path, {"db/migrations/now/1_a.sql": "", "db/migrations/later/1_a.sql": "", "api/migrations/1_a.sql": ""}
    )
    assert [database.name for database in proposed(tmp_path).databases] == [
        "api",
        "db-migrations-later",
        "db-migrations-now",
    ]


def test_reversible_names_count_only_where_no_folder_is_told_by_more(tmp_path: Path) -> None:
    written(tmp_path, {"migrations/1_a.sql": "", "fixtures/1_a.up.sql": ""})
    assert migration_folders(tmp_path) == MigrationFolders(("migrations",))


def _package(name: str, *uses: str, sqlx: bool = False) -> str:
    dependencies = [f'{other} = {{ path = "../{other}" }}\n' for other in uses] + (['sqlx = "0.8"\n'] if sqlx else [])
    return f'[package]\nname = "{name}"\n[dependencies]\n{"".join(dependencies)}'


_WORKSPACE = {
    "Cargo.toml": '[workspace]\nmembers = ["billing", "ingest", "store", "wire"]\n',
    "billing/Cargo.toml": _package("billing", "store", "wire"),
    "billing/src/main.rs": "",
    "ingest/Cargo.toml": _package("ingest", "wire", sqlx=True),
    "ingest/src/main.rs": "",
    "store/Cargo.toml": _package("store", sqlx=True),
    "store/src/lib.rs": "",
    "wire/Cargo.toml": _package("wire"),
    "wire/src/lib.rs": "",
}


def test_one_database_is_every_packages(tmp_path: Path) -> None:
    written(tmp_path, {**_WORKSPACE, "migrations/1_a.sql": ""})
    assert [database.services for database in proposed(tmp_path).databases] == [()]


def test_of_several_databases_each_is_its_services_and_of_the_libraries_with_queries(tmp_path: Path) -> None:
    written(tmp_path, {**_WORKSPACE, "billing/migrations/1_a.sql": "", "ingest/migrations/1_a.sql": ""})
    found = {database.name: database.services for database in proposed(tmp_path).databases}
    assert found == {"billing": ("billing", "store"), "ingest": ("ingest",)}
