"""xdist: facts are gathered once, the outcome is the same, and only the controller speaks."""

from __future__ import annotations

import json

import pytest
from shop import TENANT_COUNT, Shop

ORDINARY = """
import pathlib

def test_facts_so_far(request):
    folder = pathlib.Path(request.config.workerinput["errorbudget_shared"])
    assert [file.suffix for file in folder.glob("facts-*")] == [".json"]
"""


def test_two_workers_share_one_gathering(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.write("test_ordinary.py", ORDINARY)
    log = running_shop.root / ".errorbudget/execution-log.json"
    result = running_shop.run("-n2")
    result.assert_outcomes(failed=TENANT_COUNT, passed=14 - TENANT_COUNT)
    assert [line for line in result.outlines if "= errorbudget =" in line] != []
    assert len([line for line in result.outlines if line.startswith("success_with_findings")]) == 1
    shared = json.loads(log.read_text(encoding="utf-8"))
    assert list(log.parent.glob("run-*")) == []

    running_shop.run("--deselect=test_ordinary.py")
    alone = json.loads(log.read_text(encoding="utf-8"))
    assert [(step["step"], step["result"]) for step in shared["execution_log"]] == [
        (step["step"], step["result"]) for step in alone["execution_log"]
    ]
    assert shared["findings"] == alone["findings"]


def test_testpaths_reach_the_workers(running_shop: Shop) -> None:
    running_shop.write("pytest.ini", "[pytest]\ntestpaths = tests\n")
    running_shop.write("tests/test_ordinary.py", "def test_ordinary(): pass\n")
    running_shop.run("-n2").assert_outcomes(passed=14)


def test_nothing_selected_gathers_nothing(running_shop: Shop) -> None:
    result = running_shop.run("-n2", "-k", "nothing_of_that_name")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert list((running_shop.root / ".errorbudget").glob("*.json")) == []
    assert list((running_shop.root / ".errorbudget").glob("run-*")) == []


def test_a_folder_of_a_killed_run_is_removed_by_the_next(running_shop: Shop) -> None:
    left = running_shop.root / ".errorbudget/run-left"
    left.mkdir(parents=True)
    (left / "facts-schema_introspection.json").write_text("{}", encoding="utf-8")
    running_shop.run("-n2", "errorbudget.toml").assert_outcomes(passed=4)
    assert not left.exists()
