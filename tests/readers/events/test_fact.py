"""What is known of a text file comes back from what is kept of it, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_errorbudget.model.settings import EventFormat
from pytest_errorbudget.readers.events.files.fact import Fact, Written, decoded, encoded
from pytest_errorbudget.readers.events.files.kinds import Kind
from pytest_errorbudget.readers.events.files.text_file import TextFile
from pytest_errorbudget.readers.events.kept import Kept

FACT = Fact(
    content="abc",
    seen=(1, 2, 3, 4),
    file=TextFile(path="/a.csv", format=EventFormat.CSV, names=("Id", "at", "tag"), delimiter=";", skip=2),
    kinds={kind.name.lower(): kind for kind in Kind},
)


@pytest.mark.parametrize("fact", [FACT, replace(FACT, file=None, kinds={})], ids=["a file", "an empty one"])
def test_a_fact_comes_back_for_another_file_of_the_same_content(fact: Fact, tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write("x.kinds", encoded(fact))
    known = kept.read("x.kinds", Written)
    assert known is not None
    assert decoded(known, "/b.csv", EventFormat.CSV, "abc", (5,)) == replace(
        fact, seen=(5,), file=None if fact.file is None else replace(fact.file, path="/b.csv")
    )


def test_a_kind_that_is_none_is_no_fact(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write("x.kinds", {"file": None, "kinds": {"at": "INTERVAL"}})
    assert kept.read("x.kinds", Written) is None


def test_the_header_is_looked_at_when_a_file_is_read_and_not_kept() -> None:
    assert FACT.file is not None
    assert "header" not in str(encoded(replace(FACT, file=replace(FACT.file, header=("Id", "id")))))
