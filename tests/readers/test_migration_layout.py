"""sqlx's rules for the files of a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.readers.migrations.layout import list_migrations, read_layout


def _folder(root: Path, *names: str) -> Path:
    (root / "db" / "migrations").mkdir(parents=True)
    for name in names:
        (root / "db" / "migrations" / name).write_text("select 1;\n", encoding="utf-8")
    return root


def test_files_are_ordered_by_their_number_and_not_as_text(tmp_path: Path) -> None:
    _folder(tmp_path, "10_c.sql", "9_b.sql", "0002_a.sql", "20240101120000_d.sql")
    assert list_migrations(tmp_path, "db/migrations") == (
        "db/migrations/0002_a.sql",
        "db/migrations/9_b.sql",
        "db/migrations/10_c.sql",
        "db/migrations/20240101120000_d.sql",
    )


def test_the_way_down_and_other_files_are_no_migrations(tmp_path: Path) -> None:
    _folder(tmp_path, "1_a.up.sql", "1_a.down.sql", "README_x.md", "schema.sql", "2_b.sql")
    (tmp_path / "db/migrations/3_folder.sql").mkdir()
    layout = read_layout(tmp_path, "./db/migrations/")
    assert [(file.path, file.version, file.name) for file in layout.files] == [
        ("db/migrations/1_a.up.sql", "1", "a"),
        ("db/migrations/2_b.sql", "2", "b"),
    ]
    assert layout.problems == ()


def test_a_version_used_twice_names_both_files(tmp_path: Path) -> None:
    _folder(tmp_path, "0001_a.sql", "1_b.sql")
    layout = read_layout(tmp_path, "db/migrations")
    assert [str(problem) for problem in layout.problems] == [
        "db/migrations/1_b.sql:1:1: version 1 is used twice: `db/migrations/0001_a.sql` has it too\n"
        "  sqlx stores one row a version and fails on the second file when it migrates.\n"
        "  Give one of the two files a version of its own."
    ]
    assert len(layout.files) == 2


@pytest.mark.parametrize("name", ["x1_a.sql", "_a.sql", "1.5_a.sql", "99999999999999999999_a.sql", "²_a.sql"])
def test_a_version_that_is_no_integer_is_a_problem(name: str, tmp_path: Path) -> None:
    _folder(tmp_path, name, "2_b.sql")
    layout = read_layout(tmp_path, "db/migrations")
    assert [(p.place, p.message) for p in layout.problems] == [
        (
            f"db/migrations/{name}",
            f"`{name.partition('_')[0]}` is not a version: sqlx reads the text before the first `_` "
            "as a 64-bit integer",
        )
    ]
    assert [file.version for file in layout.files] == ["2"]


def test_a_missing_folder_is_one_clear_problem(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        read_layout(tmp_path, "nowhere")
    assert caught.value.problem.message == "the migration folder `nowhere` does not exist"
    assert list_migrations(tmp_path, "nowhere") == ()


def test_a_file_in_place_of_the_folder_is_one_clear_problem(tmp_path: Path) -> None:
    (tmp_path / "migrations").write_text("", encoding="utf-8")
    with pytest.raises(Unreadable) as caught:
        read_layout(tmp_path, "migrations")
    assert caught.value.problem.message == "the migration folder `migrations` is a file, not a folder"


def test_listing_does_not_import_sqlglot() -> None:
    code = (
        "import sys; import pytest_errorbudget.readers.migrations.layout; "
        "raise SystemExit(any(name.startswith('sqlglot') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
