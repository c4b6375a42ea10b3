"""The log, the facts, the counts and the lock: where they go, what they hold, and what happens where they cannot."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from shop import Shop

# The laws take seconds, and have tests of their own.
QUICK = ("-k", "not determinism")
DEFAULT_LOG = ".errorbudget/execution-log.json"


def schema(name: str) -> Any:
    return json.loads(files("pytest_errorbudget.report.schemas").joinpath(name).read_text(encoding="utf-8"))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_log_is_written_to_its_place_and_fits_its_schema(running_shop: Shop) -> None:
    running_shop.count_events()
    running_shop.narrow_total()
    running_shop.run(*QUICK)
    log = read(running_shop.root / DEFAULT_LOG)
    jsonschema.validate(log, schema("execution-log.schema.json"))
    assert log["status"] == "success_with_findings"
    assert {"row-type", "threshold-unreliable"} <= {finding["rule"] for finding in log["findings"]}


def test_facts_fit_their_schema(running_shop: Shop) -> None:
    running_shop.count_events()
    running_shop.run(*QUICK, "--errorbudget-facts", "facts.json")
    facts = read(running_shop.root / "facts.json")
    jsonschema.validate(facts, schema("facts.schema.json"))
    assert [tenant["name"] for tenant in facts["databases"][0]["tenants"]] == ["acme-prod", "globex", "initech"]


@pytest.mark.parametrize("name", ["counts.csv", "counts.parquet"])
def test_counts(running_shop: Shop, name: str) -> None:
    running_shop.count_events()
    running_shop.run(*QUICK, "--errorbudget-counts", name)
    assert (running_shop.root / name).stat().st_size > 0


def test_counts_without_events_are_said_to_be_left_out(running_shop: Shop) -> None:
    result = running_shop.run(*QUICK, "--errorbudget-counts", "counts.csv")
    result.stdout.fnmatch_lines(["*counts.csv was not written: no event was counted"])
    assert not (running_shop.root / "counts.csv").exists()


def test_paths_are_relative_to_where_pytest_was_started(running_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    running_shop.count_events()
    monkeypatch.chdir(running_shop.root / "services")
    running_shop.run(
        *QUICK,
        *("--errorbudget-log", "out/log.json", "--errorbudget-facts", "facts.json"),
        *("--errorbudget-counts", "counts.csv", ".."),
    )
    written = ["counts.csv", "facts.json", "out/log.json"]
    assert [path for path in written if (running_shop.root / "services" / path).is_file()] == written
    assert not (running_shop.root / DEFAULT_LOG).exists()


def test_a_log_that_cannot_be_written_fails_the_run_and_nothing_else(running_shop: Shop) -> None:
    running_shop.write("occupied", "a file, not a folder")
    result = running_shop.run(
        *QUICK, "-q", "--errorbudget-log", "occupied/log.json", "--errorbudget-facts", "facts.json"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=13)
    result.stdout.fnmatch_lines(["ERROR: */occupied/log.json was not written: *. Give a path in a folder that can be*"])
    assert (running_shop.root / "facts.json").is_file()


def test_update_writes_the_lock_which_the_next_run_reproduces(running_shop: Shop) -> None:
    running_shop.count_events()
    first = running_shop.run(*QUICK, "--errorbudget-update")
    first.stdout.fnmatch_lines(["errorbudget.lock holds 2 thresholds of 3 tenants, *: commit both"])
    assert (running_shop.root / "errorbudget.lock").is_file()
    assert (running_shop.root / "errorbudget.counts.csv").is_file()
    assert running_shop.run(*QUICK).ret == pytest.ExitCode.OK


def test_nothing_is_written_by_collecting(shop: Shop) -> None:
    shop.run(*QUICK, "--collect-only", "--errorbudget-facts", "facts.json")
    assert not (shop.root / "facts.json").exists()
    assert not (shop.root / ".errorbudget").exists()
