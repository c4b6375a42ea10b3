"""The committed files are written whole or not at all."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from pytest_errorbudget.model.formats.evidence import evidence_digest
from pytest_errorbudget.model.threshold import LockedThresholds
from pytest_errorbudget.report.locks import write_lock, write_tenants

LOCKED = LockedThresholds(
    as_of_us=0,
    counts_digest="sha256:0",
    evidence_digest=evidence_digest(()),
    confidence=Fraction(124, 125),
    thresholds=(),
    outliers=(),
    evidence=(),
    tenants=(),
)


def test_a_lock_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    lock = tmp_path / "errorbudget.lock"
    lock.mkdir()
    with pytest.raises(IsADirectoryError):
        write_lock(lock, tmp_path / "errorbudget.counts.csv", LOCKED)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["errorbudget.counts.csv", "errorbudget.lock"]


def test_tenants_of_no_database_are_a_file_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "errorbudget.tenants.toml"
    write_tenants(path, ())
    assert path.read_text() == (
        "# Written by `pytest --errorbudget --errorbudget-update`, so that tenants are checked where no server is.\n"
        "version = 1\n"
    )
