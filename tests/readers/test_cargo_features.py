"""What a manifest enables of the database libraries."""

from __future__ import annotations

import tomllib

import pytest

from pytest_errorbudget.readers.cargo_features import enabled_features

LIBRARIES = ("diesel", "sqlx")


@pytest.mark.parametrize(
    ("manifest", "workspace", "features"),
    [
        pytest.param('[dependencies]\nsqlx = "0.9"', "", ["sqlx/default"], id="default features are on"),
        pytest.param(
            '[dependencies]\nsqlx = { version = "0.9", default-features = false, features = ["time", "chrono"] }',
            "",
            ["sqlx/chrono", "sqlx/time"],
            id="as written",
        ),
        pytest.param("[dependencies]\nsqlx = { default_features = false }", "", [], id="the older spelling of the key"),
        pytest.param(
            '[dependencies]\nsqlx = { workspace = true, features = ["chrono"] }',
            '[dependencies]\nsqlx = { version = "0.9", default-features = false, features = ["postgres"] }',
            ["sqlx/chrono", "sqlx/postgres"],
            id="features of the workspace and of the member",
        ),
        pytest.param(
            "[dependencies]\nsqlx = { workspace = true, default-features = false }",
            '[dependencies]\nsqlx = "0.9"',
            ["sqlx/default"],
            id="a member cannot turn the workspace's default features off",
        ),
        pytest.param(
            "[dependencies]\nsqlx = { workspace = true, default-features = true }",
            "[dependencies]\nsqlx = { default-features = false }",
            ["sqlx/default"],
            id="a member turns default features on",
        ),
        pytest.param(
            '[dependencies]\ndb = { package = "sqlx", default-features = false, features = ["json"] }',
            "",
            ["sqlx/json"],
            id="a renamed dependency",
        ),
        pytest.param(
            "[dependencies]\ndb.workspace = true",
            '[dependencies]\ndb = { package = "sqlx", default-features = false, features = ["json"] }',
            ["sqlx/json"],
            id="a renamed dependency of the workspace",
        ),
        pytest.param(
            '[dependencies]\ndb = { package = "diesel", optional = true, default-features = false }\n'
            '[features]\ndefault = ["store"]\nstore = ["dep:db", "dates"]\ndates = ["db?/chrono", "db/uuid"]\n'
            'more = ["db/numeric"]',
            "",
            ["diesel/chrono", "diesel/uuid"],
            id="default features of the package, through others and in a circle",
        ),
        pytest.param(
            "[target.'cfg(unix)'.dependencies]\ndiesel = { default-features = false, features = ['postgres'] }",
            "",
            ["diesel/postgres"],
            id="dependencies of one target",
        ),
        pytest.param(
            '[dev-dependencies]\nsqlx = "0.9"\n[dependencies]\nserde = "1"', "", [], id="not those of tests or others"
        ),
        pytest.param(
            '[dependencies]\nsqlx = { default-features = false, features = "chrono" }\n[features]\ndefault = "x"',
            "",
            [],
            id="what is no list is nothing",
        ),
    ],
)
def test_features(manifest: str, workspace: str, features: list[str]) -> None:
    found = enabled_features(tomllib.loads(manifest), tomllib.loads(workspace), LIBRARIES)
    assert [f"{library}/{feature}" for library, feature in found] == features
