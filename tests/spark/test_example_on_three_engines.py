"""The example's SLOs count alike from its files, in a table of PostgreSQL and in one of Spark, to the byte."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from every_engine import in_postgres, in_spark, written

from pytest_errorbudget.model.settings import EngineName, EventSource
from pytest_errorbudget.pipeline.law_engines import law_engines
from pytest_errorbudget.pipeline.law_trials import determinism_trials
from pytest_errorbudget.pipeline.project import Project, open_project
from pytest_errorbudget.readers.scratch import ScratchServer

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy with a sixtieth of the events, whose files are counted again on both."""
    ignored = shutil.ignore_patterns("events", ".errorbudget", "errorbudget.lock", "errorbudget.counts.csv", "target")
    example = TESTS.parent / "example_project"
    root = Path(shutil.copytree(example, tmp_path_factory.mktemp("small") / "example_project", ignore=ignored))
    command = [sys.executable, root / "scripts/events.py", "--rows", "20000", "--out", root / "events"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    opened = open_project(root, "errorbudget.toml")
    replay = replace(opened.settings.replay, url=scratch.conninfo(scratch.maintenance))
    return replace(opened, settings=replace(opened.settings, replay=replay, engines=tuple(EngineName)))


def test_the_examples_slos_run_on_three_engines_with_one_digest(
    project: Project, database: str, spark: Any, tmp_path: Path
) -> None:
    def elsewhere(source: EventSource) -> EventSource:
        return in_postgres(project.root, source, database)

    def on_spark(source: EventSource) -> EventSource:
        return in_spark(project.root, source, spark)

    files = written(project, tmp_path / "files")
    postgres = written(project, tmp_path / "postgres", elsewhere)
    spark_table = written(project, tmp_path / "spark", on_spark)
    assert {slo for _, slo in files.series} == {slo.name for slo in project.settings.slos}
    assert files.log["determinism_score"] == 1.0
    assert postgres == files
    assert spark_table == files


@pytest.mark.usefixtures("spark")
def test_the_law_that_engines_agree(project: Project) -> None:
    slo = project.settings.slos[0]
    with law_engines(project.settings, slo) as further:
        trials = determinism_trials(slo, project.settings.window_us, further=further)[1:]
        tried = [law.name for trial in trials for law in trial.laws]
        assert tried == ["engines agree: PostgreSQL", "engines agree: Spark"]
        for trial in trials:
            trial.check()
