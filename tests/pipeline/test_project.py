"""Opening a repository: what the settings say, and what the repository shows where they are silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.pipeline.project import SettingsInvalid, open_project


def write(root: Path, *folders: str, settings: str | None = None) -> None:
    for folder in folders:
        (root / folder).mkdir(parents=True)
        (root / folder / "0001_init.sql").write_text("create table t (id bigint);")
    if settings is not None:
        (root / "errorbudget.toml").write_text(settings)


DATABASE = '[[database]]\nurl = "env:X"\ntenants = { layout = "schema", names = ["a"] }\n'


@pytest.mark.parametrize("settings", [None, DATABASE])
def test_the_only_folder_of_migrations_need_not_be_named(tmp_path: Path, settings: str | None) -> None:
    write(tmp_path, "crates/db/migrations", settings=settings)
    (database,) = open_project(tmp_path, "errorbudget.toml").settings.databases
    assert database.migrations is not None
    assert database.migrations.path == "crates/db/migrations"


def test_of_two_folders_none_is_guessed_and_both_are_counted(tmp_path: Path) -> None:
    write(tmp_path, "a/migrations", "b/migrations", settings=DATABASE)
    settings = open_project(tmp_path, "errorbudget.toml").settings
    assert settings.databases[0].migrations is None
    assert settings.unchecked == tuple(
        Unchecked(
            "migration folder", folder, "a/migrations and b/migrations hold migrations: name yours in errorbudget.toml"
        )
        for folder in ("a/migrations", "b/migrations")
    )


def test_a_named_folder_is_taken(tmp_path: Path) -> None:
    named = DATABASE + 'migrations = { path = "b/migrations" }\n'
    write(tmp_path, "a/migrations", "b/migrations", settings=named)
    (database,) = open_project(tmp_path, "errorbudget.toml").settings.databases
    assert database.migrations is not None
    assert database.migrations.path == "b/migrations"


def test_invalid_settings_name_every_line(tmp_path: Path) -> None:
    write(tmp_path, settings="fail_on = 'error'\n[[databse]]\n")
    with pytest.raises(SettingsInvalid) as caught:
        open_project(tmp_path, "errorbudget.toml")
    assert [str(problem.span) for problem in caught.value.problems] == ["errorbudget.toml:1:1", "errorbudget.toml:2:3"]


def test_what_an_openslo_file_has_beside_the_specification_is_counted(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(
        "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: up}\nspec:\n  service: api\n  unheard: of\n"
        "  indicator:\n    metadata: {name: up}\n    spec:\n      ratioMetric:\n"
        "        good: {metricSource: {type: errorbudget, spec: {events: requests, where: ok}}}\n"
        "        total: {metricSource: {type: errorbudget, spec: {events: requests}}}\n"
        "  timeWindow: [{duration: 28d, isRolling: true}]\n  budgetingMethod: Occurrences\n"
        "  objectives: [{target: 0.99, op: lte}]\n"
    )
    write(tmp_path, settings='slos = ["slo.yaml"]\n[[events]]\nname = "requests"\nsource = { csv = "e.csv" }\n')
    settings = open_project(tmp_path, "errorbudget.toml").settings
    assert [slo.name for slo in settings.slos] == ["up"]
    assert settings.unchecked != ()
