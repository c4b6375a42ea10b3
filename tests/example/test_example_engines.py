"""The example's SLOs count alike from its files and in a table of PostgreSQL. `make test-spark` adds Spark."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_errorbudget.model.settings import EngineName
from pytest_errorbudget.pipeline.project import Project, open_project
from pytest_errorbudget.readers.scratch import ScratchServer

sys.path.insert(0, str(Path(__file__).parent))

from every_engine import Written, in_postgres, written  # beside this file, where importlib mode does not look


@pytest.fixture(scope="module")
def project(small: Path, scratch: ScratchServer) -> Project:
    """The files are counted again on PostgreSQL, the tests' own server."""
    opened = open_project(small, "errorbudget.toml")
    replay = replace(opened.settings.replay, url=scratch.conninfo(scratch.maintenance))
    return replace(opened, settings=replace(opened.settings, replay=replay, engines=(EngineName.POSTGRES,)))


@pytest.fixture(scope="module")
def from_files(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return written(project, tmp_path_factory.mktemp("written") / "files")


def test_every_slo_and_every_tenant_is_counted(project: Project, from_files: Written) -> None:
    assert {slo for _, slo in from_files.series} == {slo.name for slo in project.settings.slos}
    assert {tenant for tenant, _ in from_files.series} == set(project.settings.customers)
    assert from_files.log["determinism_score"] == 1.0


def test_a_table_in_postgres_writes_what_the_files_do(
    project: Project, from_files: Written, database: str, tmp_path: Path
) -> None:
    table = written(project, tmp_path / "table", lambda source: in_postgres(project.root, source, database))
    assert table == from_files


def test_the_digest_can_be_computed_by_what_the_docs_say_of_it(from_files: Written, tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/execution-log.md").read_text(encoding="utf-8")
    (script,) = (block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "def digest(" in block)
    (tmp_path / "counts.csv").write_bytes(from_files.counts)
    names: dict[str, Any] = {}
    exec(script, names)
    assert names["digest"](str(tmp_path / "counts.csv")) == from_files.digest
    assert {"name": "counts", "sha256": str(from_files.digest).removeprefix("sha256:")} in from_files.log["inputs"]
