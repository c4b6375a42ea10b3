"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.report.files import write_bytes, write_whole


def test_parents_are_created(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "log.json"
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_bytes(b"old")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["log.json"]


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_bytes(b"old")

    def fill(temporary: Path) -> None:
        temporary.write_bytes(b"ha")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        write_whole(path, fill)
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [("log.json", b"old")]


def test_a_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    write_bytes(tmp_path / "log.json", b"")
    assert (tmp_path / "log.json").stat().st_mode == plain.stat().st_mode
