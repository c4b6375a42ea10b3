"""Sources that did not change are not read again; any change of what was asked of the disk is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.readers.result_cache import ResultCache
from pytest_errorbudget.readers.rust import read_contracts

LIB = 'mod other;\nstruct Row { id: i64 }\nfn f() { sqlx::query(include_str!("../list.sql")); }\n'


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A crate that lacks the file of its module ``other``."""
    (tmp_path / "app" / "src").mkdir(parents=True)
    (tmp_path / "app" / "Cargo.toml").write_text('[package]\nname = "app"\n[dependencies]\nsqlx = "0.8"\n')
    (tmp_path / "app" / "src" / "lib.rs").write_text(LIB)
    (tmp_path / "app" / "list.sql").write_text("select 2")
    return tmp_path / "app"


def read(app: Path) -> Contracts:
    kept, problems = read_contracts(app, "Cargo.toml", kept=ResultCache(app.parent / "kept"))
    assert problems == ()
    assert kept == read_contracts(app, "Cargo.toml")[0]
    return kept


def entries(app: Path) -> list[str]:
    return sorted(path.name for path in (app.parent / "kept").iterdir())


def test_the_same_sources_give_the_same_and_add_nothing(app: Path) -> None:
    first, names = read(app), entries(app)
    assert len(names) == 2
    assert read(app) == first
    assert entries(app) == names


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/lib.rs", LIB.replace("i64", "i32")),
        ("list.sql", "select 3"),
        ("src/other.rs", "struct Other { id: i64 }"),
        ("src/other/mod.rs", "struct Other { id: i64 }"),
        ("Cargo.toml", '[package]\nname = "app"\n[dependencies]\nsqlx = { version = "0.8", features = ["chrono"] }\n'),
    ],
)
def test_a_change_is_seen(app: Path, path: str, text: str) -> None:
    before = read(app)
    (app / path).parent.mkdir(exist_ok=True)
    (app / path).write_text(text)
    assert read(app) != before


def test_a_file_that_is_gone_is_seen(app: Path) -> None:
    before = read(app)
    (app / "list.sql").unlink()
    assert read(app) != before


def test_an_entry_that_was_changed_is_read_anew(app: Path) -> None:
    before = read(app)
    for path in (app.parent / "kept").iterdir():
        path.write_bytes(b"?")
    assert read(app) == before
