"""Cargo workspaces, read from their manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.workspace import Package, read_workspace

Files = dict[str, str]


def write(root: Path, files: Files) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


VIRTUAL: Files = {
    "Cargo.toml": """
        [workspace]
        members = ["services/*"]
        exclude = ["services/old"]

        [workspace.dependencies]
        sqlx = "0.9"
        rows = { path = "libs/rows", package = "billing-rows" }
    """,
    "services/build/Cargo.toml": """
        [package]
        name = "build"
        [dependencies]
        rows.workspace = true
        db = { package = "sqlx", version = "0.9" }
    """,
    "services/build/src/main.rs": "",
    "services/build/src/bin/tool.rs": "",
    "services/build/src/bin/worker/main.rs": "",
    "services/old/Cargo.toml": '[package]\nname = "old"',
    "services/notes/readme.txt": "no package",
    "libs/rows/Cargo.toml": '[package]\nname = "billing-rows"\n[dependencies]\nsqlx.workspace = true',
    "libs/rows/src/lib.rs": "",
    "target/package/build-0.1.0/Cargo.toml": '[package]\nname = "phantom"',
}


def test_members_and_their_path_dependencies(tmp_path: Path) -> None:
    workspace = read_workspace(write(tmp_path, VIRTUAL), "Cargo.toml")

    assert workspace.problems == ()
    assert workspace.packages == (
        Package(
            name="billing-rows",
            manifest="libs/rows/Cargo.toml",
            service=False,
            libraries=("sqlx",),
            roots=("libs/rows/src/lib.rs",),
            dependencies=(("billing_rows", "billing-rows"), ("sqlx", "sqlx")),
            features=(("sqlx", "default"),),
        ),
        Package(
            name="build",
            manifest="services/build/Cargo.toml",
            service=True,
            libraries=("sqlx",),
            roots=(
                "services/build/src/bin/tool.rs",
                "services/build/src/bin/worker/main.rs",
                "services/build/src/main.rs",
            ),
            dependencies=(("build", "build"), ("db", "sqlx"), ("rows", "billing-rows")),
            features=(("sqlx", "default"),),
        ),
    )


@pytest.mark.parametrize("pattern", ["**", "target/package/*"])
def test_copies_in_the_target_folder_are_no_members(tmp_path: Path, pattern: str) -> None:
    files = {**VIRTUAL, "Cargo.toml": f'[workspace]\nmembers = ["{pattern}"]'}
    workspace = read_workspace(write(tmp_path, files), "Cargo.toml")
    assert "phantom" not in [package.name for package in workspace.packages]


def test_a_root_package_with_written_paths(tmp_path: Path) -> None:
    files = {
        "app/Cargo.toml": """
            [package]
            name = "my-app"
            autobins = false
            [lib]
            name = "core_of_it"
            path = "code/core.rs"
            [[bin]]
            name = "server"
            path = "code/server.rs"
            [workspace]
        """,
        "app/src/bin/unused.rs": "",
    }
    workspace = read_workspace(write(tmp_path, files), "app/Cargo.toml")
    assert workspace.packages == (
        Package(
            name="my-app",
            manifest="app/Cargo.toml",
            service=True,
            libraries=(),
            roots=("app/code/core.rs", "app/code/server.rs"),
            dependencies=(("core_of_it", "my-app"),),
        ),
    )


def problem_of(root: Path, manifest: str = "Cargo.toml") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_workspace(root, manifest)
    return caught.value


def test_a_missing_manifest_says_what_to_do(tmp_path: Path) -> None:
    problem = problem_of(tmp_path).problem
    assert problem.rule is Rule.RUST_NOT_FOUND
    assert str(problem) == (
        "there is no Cargo manifest `Cargo.toml`\n"
        "  No row, query or handler of it is checked.\n"
        "  Name the workspace's manifest as `manifest` in errorbudget.toml, relative to the rootdir."
    )


def test_a_manifest_with_a_syntax_error_names_the_place(tmp_path: Path) -> None:
    problem = problem_of(write(tmp_path, {"Cargo.toml": "[workspace]\nmembers = = 1\n"})).problem
    assert problem.span == Span("Cargo.toml", 2, 11)
    assert problem.message.startswith("the Cargo manifest `Cargo.toml` is not TOML: ")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[profile.release]\n"])
def test_something_else_is_no_manifest(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "Cargo.toml").write_bytes(content)
    assert problem_of(tmp_path).problem.rule is Rule.RUST_NOT_FOUND


def test_an_unreadable_member_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a", "b", "gone"]',
        "a/Cargo.toml": '[package]\nname = "a"',
        "b/Cargo.toml": "[package",
    }
    workspace = read_workspace(write(tmp_path, files), "Cargo.toml")
    assert [package.name for package in workspace.packages] == ["a"]
    assert [problem.place for problem in workspace.problems] == ["b/Cargo.toml", "gone/Cargo.toml"]


def test_a_package_that_names_no_server_speaks_to_that_of_its_dependencies(tmp_path: Path) -> None:
    member = '[package]\nname = "{name}"\n[dependencies]\nsqlx = {{ version = "0.9", {sqlx} }}\n{more}'
    below = 'core = {{ path = "../{path}" }}'
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["*"]',
        "store/Cargo.toml": member.format(
            name="store", sqlx='default-features = false, features = ["sqlite", "time"]', more=""
        ),
        "client/Cargo.toml": member.format(
            name="client", sqlx="default-features = false", more=below.format(path="store")
        ),
        "notes/Cargo.toml": member.format(
            name="notes", sqlx='default-features = false, features = ["json"]', more=below.format(path="client")
        ),
        "server/Cargo.toml": member.format(
            name="server", sqlx='default-features = false, features = ["postgres"]', more=below.format(path="client")
        ),
    }
    packages = read_workspace(write(tmp_path, files), "Cargo.toml").packages
    assert {package.name: package.features for package in packages} == {
        "client": (("sqlx", "sqlite"),),
        "notes": (("sqlx", "json"), ("sqlx", "sqlite")),
        "server": (("sqlx", "postgres"),),
        "store": (("sqlx", "sqlite"), ("sqlx", "time")),
    }


def test_an_inline_table_over_several_lines_is_read_as_cargo_reads_it(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["app"]\n[workspace.dependencies]\nsqlx = {\n  version = "0.8",\n}\n',
        "app/Cargo.toml": '[package]\nname = "app"\n[dependencies]\nsqlx = {\n  workspace = true,\n}\n',
        "app/src/lib.rs": "",
    }
    (package,) = read_workspace(write(tmp_path, files), "Cargo.toml").packages
    assert package.libraries == ("sqlx",)


def test_a_package_that_names_itself_by_path_is_read_once(tmp_path: Path) -> None:
    """Its tests enable a feature of it: ``app = { path = ".", features = ["testing"] }``."""
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["."]\n[package]\nname = "app"\n[dev-dependencies]\napp.path = "./"\n',
        "src/main.rs": "",
        "Cargo.lock": "",
    }
    assert [package.name for package in read_workspace(write(tmp_path, files), "Cargo.toml").packages] == ["app"]
