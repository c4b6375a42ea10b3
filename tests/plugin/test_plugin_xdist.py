"""xdist: the controller plans, gathers and judges once; workers collect and run what it left them, and say the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shop import TENANT_COUNT, Shop

STEPS = "contract_mismatch_detection-rust_contract_validation-schema_introspection"

THE_FOLDER = f"""
import pathlib

def test_the_folder_of_the_run(request):
    folder = pathlib.Path(request.config.workerinput["errorbudget_shared"])
    names = sorted(file.name for file in folder.iterdir() if file.suffix != ".lock")
    assert names == ["asked", "{STEPS}", "planned"]
"""

LOADED = """
import pathlib
import sys

def pytest_unconfigure(config):
    worker = getattr(config, "workerinput", {}).get("workerid")
    if worker is not None:
        pathlib.Path(config.rootpath, f"loaded-{worker}").write_text("\\n".join(sys.modules))
"""

# Nobody can see at collection that it needs a run.
UNFORESEEN = """
import pathlib

import pytest

@pytest.mark.parametrize("number", range(2))
def test_everything(request, number):
    run = request.getfixturevalue("errorbudget_run")
    pathlib.Path(request.config.rootpath, f"run-{number}").write_text(f"{run.digest} {run.execution_us}")
"""

DYING = """
import os
import pathlib

def test_that_ends_its_worker(request):
    died = pathlib.Path(request.config.rootpath, "died")
    if not died.exists():
        died.touch()
        os._exit(3)

def test_that_does_not(errorbudget_run):
    assert errorbudget_run.tenants
"""

# The settings lose a tenant after the controller has read them, and before the workers start.
CHANGING = """
import pathlib

def pytest_configure_node(node):
    settings = pathlib.Path(node.config.rootpath, "errorbudget.toml")
    settings.write_text(settings.read_text().replace('globex = "globex", ', ""))
"""


def log(shop: Shop) -> Any:
    return json.loads((shop.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))


def test_two_workers_share_one_run(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.write("test_ordinary.py", THE_FOLDER)
    result = running_shop.run("-n2")
    result.assert_outcomes(failed=TENANT_COUNT, passed=14 - TENANT_COUNT)
    assert [line for line in result.outlines if "= errorbudget =" in line] != []
    assert len([line for line in result.outlines if line.startswith("success_with_findings")]) == 1
    assert list((running_shop.root / ".errorbudget").glob("run-*")) == []
    shared = log(running_shop)

    running_shop.run("--deselect=test_ordinary.py")
    alone = log(running_shop)
    assert [(step["step"], step["result"]) for step in shared["execution_log"]] == [
        (step["step"], step["result"]) for step in alone["execution_log"]
    ]
    assert shared["findings"] == alone["findings"]
    assert shared["digest"] == alone["digest"]


def test_the_steps_are_told_once_and_while_they_are_taken(running_shop: Shop) -> None:
    lines = running_shop.run("-n2").outlines
    assert [line for line in lines if line.startswith("errorbudget ")] == [
        "errorbudget 1/5: reading the schema of every tenant...",
        "errorbudget 2/5: parsing Rust services and their FFI boundaries...",
        "errorbudget 4/5: comparing Rust types with columns...",
    ]


def test_items_say_the_same_in_a_worker(running_shop: Shop) -> None:
    running_shop.narrow_total()
    together, alone = running_shop.run("-n2"), running_shop.run()
    assert diagnostics(together) == diagnostics(alone)
    assert len(diagnostics(alone)) == TENANT_COUNT


def diagnostics(result: pytest.RunResult) -> list[str]:
    """What stands below the head of each failed item, by that head."""
    failures = "\n".join(result.outlines).split("= FAILURES =", 1)[1].split("\n====", 1)[0]
    sections = failures.replace("[gw0] linux", "[gw1] linux").split("\n____")[1:]
    return sorted(
        "\n".join(line for line in section.splitlines() if not line.startswith("[gw1]")) for section in sections
    )


def test_workers_import_nothing_that_reads_or_judges(running_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    # Other plugins would bring in psycopg and hypothesis themselves.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    running_shop.write("conftest.py", LOADED)
    plugins = ("-p", "xdist.plugin", "-p", "pytest_errorbudget.plugin")
    result = running_shop.pytester.runpytest_subprocess(*plugins, "--errorbudget", "-n2")
    result.assert_outcomes(passed=13)
    for worker in ("gw0", "gw1"):
        loaded = (running_shop.root / f"loaded-{worker}").read_text(encoding="utf-8").splitlines()
        ours = {name.split(".")[1] for name in loaded if name.startswith("pytest_errorbudget.")}
        assert ours == {"model", "pipeline", "plugin"}
        heavy = {"cattrs", "duckdb", "filelock", "hypothesis", "msgspec", "psycopg", "sqlglot", "tabulate"}
        assert {name.partition(".")[0] for name in loaded} & heavy == set()


def test_a_run_that_no_item_foresaw_is_made_once_by_a_worker(running_shop: Shop) -> None:
    running_shop.write("test_unforeseen.py", UNFORESEEN)
    running_shop.run("-n2", "test_unforeseen.py").assert_outcomes(passed=2)
    first, second = ((running_shop.root / f"run-{number}").read_text(encoding="utf-8") for number in range(2))
    assert first == second


def test_a_worker_that_dies_takes_nothing_with_it(running_shop: Shop) -> None:
    running_shop.write("test_dying.py", DYING)
    result = running_shop.run("-n2")
    result.assert_outcomes(passed=14, failed=1)
    result.stdout.fnmatch_lines(["worker 'gw?' crashed while running 'test_dying.py::test_that_ends_its_worker'"])
    assert log(running_shop)["status"] == "success"


def test_all_workers_collect_what_the_controller_read(running_shop: Shop) -> None:
    running_shop.write("conftest.py", CHANGING)
    result = running_shop.run("-n2")
    result.assert_outcomes(passed=13)
    result.stdout.fnmatch_lines(["errorbudget: errorbudget.toml, 3 tenants, 13 items"])


def test_an_error_of_collection_hides_no_outcome(running_shop: Shop) -> None:
    running_shop.write("test_broken.py", "import there_is_no_such_module\n")
    result = running_shop.run("-n2")
    result.assert_outcomes(passed=13, errors=1)


def test_a_moment_given_to_the_controller_is_that_of_all(running_shop: Shop) -> None:
    running_shop.count_events()
    running_shop.run("-n2", "errorbudget.toml", "-k", "not determinism", "--errorbudget-as-of=2026-03-01T01:00:00Z")
    assert log(running_shop)["as_of"] == "2026-03-01T01:00:00Z"


def test_testpaths_reach_the_workers(running_shop: Shop) -> None:
    running_shop.write("pytest.ini", "[pytest]\ntestpaths = tests\n")
    running_shop.write("tests/test_ordinary.py", "def test_ordinary(): pass\n")
    running_shop.run("-n2").assert_outcomes(passed=14)


def test_last_failed_selects_with_workers(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.run("-n2").assert_outcomes(failed=TENANT_COUNT, passed=13 - TENANT_COUNT)
    running_shop.run("-n2", "--lf").assert_outcomes(failed=TENANT_COUNT)


def test_nothing_selected_gathers_nothing(running_shop: Shop) -> None:
    result = running_shop.run("-n2", "-k", "nothing_of_that_name")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert list((running_shop.root / ".errorbudget").glob("*.json")) == []
    assert list((running_shop.root / ".errorbudget").glob("run-*")) == []


def test_a_folder_of_a_killed_run_is_removed_by_the_next(running_shop: Shop) -> None:
    left = running_shop.root / ".errorbudget/run-left"
    left.mkdir(parents=True)
    (left / "planned").write_bytes(b"of another run")
    running_shop.run("-n2", "errorbudget.toml").assert_outcomes(passed=4)
    assert not left.exists()
