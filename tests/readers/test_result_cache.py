"""What is kept between runs is what was written, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.migration import MigrationSet
from pytest_errorbudget.readers.result_cache import ResultCache, own_code, result_key, users_cache

Migrations = Callable[[Mapping[str, str]], MigrationSet]

KEY = "0" * 64


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_kept_at_first(tmp_path: Path) -> None:
    assert ResultCache(tmp_path / "results").read(KEY) is None


def test_what_was_written_is_read(tmp_path: Path) -> None:
    ResultCache(tmp_path / "results").write(KEY, b'{"a":1}')
    assert ResultCache(tmp_path / "results").read(KEY) == b'{"a":1}'
    assert entries(tmp_path / "results") == [f"{KEY}.result"]


@settings(deadline=None, max_examples=20)
@given(st.binary(max_size=20), st.binary(max_size=120))
def test_an_entry_that_is_anything_else_is_none(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, other: bytes
) -> None:
    folder = tmp_path_factory.mktemp("results")
    cache = ResultCache(folder)
    cache.write(KEY, content)
    whole = (folder / f"{KEY}.result").read_bytes()
    for cut in range(len(whole)):
        (folder / f"{KEY}.result").write_bytes(whole[:cut])
        assert cache.read(KEY) is None
    (folder / f"{KEY}.result").write_bytes(other)
    assert cache.read(KEY) is None


def test_sixty_four_are_kept_and_what_was_read_lately_stays(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path)
    for number in range(64):
        cache.write(f"{number:064}", b"x")
        os.utime(tmp_path / f"{number:064}.result", ns=(number, number))
    assert cache.read(f"{0:064}") == b"x"
    cache.write(f"{64:064}", b"x")
    assert entries(tmp_path) == [f"{number:064}.result" for number in (0, *range(2, 65))]


def test_a_folder_that_cannot_be_made_keeps_nothing_and_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    cache = ResultCache(tmp_path / "file" / "results")
    cache.write(KEY, b"x")
    assert cache.read(KEY) is None


def test_it_lies_in_the_folder_that_xdg_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    users_cache().write(KEY, b"x")
    assert (tmp_path / "pytest-errorbudget/results" / f"{KEY}.result").is_file()


def test_the_key_changes_with_everything_that_the_result_depends_on(migrations: Migrations) -> None:
    files = migrations({"1_a.sql": "create table a (id int);", "2_b.sql": "create table b (id int);"})
    first, second = files.files
    others = (
        replace(files, files=(first,)),
        replace(files, files=(second, first)),
        replace(files, files=(first, replace(second, transactional=False))),
        replace(files, files=(first, replace(second, path="elsewhere/2_b.sql"))),
        replace(files, bookkeeping="applied"),
        migrations({"2_b.sql": "create table b (id bigint);"}),
    )
    keys = [
        result_key("replay", "code", "18.4", files),
        result_key("typings", "code", "18.4", files),
        result_key("replay", "other code", "18.4", files),
        result_key("replay", "code", "17.1", files),
        result_key("replay", "code", "18.4", files, "select 1"),
        *(result_key("replay", "code", "18.4", other) for other in others),
    ]
    assert len(set(keys)) == len(keys)
    assert result_key("replay", "code", "18.4", files) == keys[0]


def test_our_own_code_has_one_digest() -> None:
    assert own_code() == own_code()
    assert len(own_code()) == 64
