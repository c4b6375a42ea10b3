"""Without ``--errorbudget`` the plugin adds no item and costs no import; collection alone imports nothing heavy."""

from __future__ import annotations

import pytest
from shop import Shop

HEAVY = {"cattrs", "duckdb", "filelock", "hypothesis", "msgspec", "psycopg", "sqlglot", "tabulate", "yaml"}

LOADED = """
import sys

def pytest_unconfigure():
    print("\\nloaded:", *sorted(sys.modules))
"""


@pytest.fixture
def our_plugin_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other plugins would bring in psycopg and hypothesis themselves."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def loaded(result: pytest.RunResult) -> list[str]:
    """The modules of the process at its end."""
    return next(line for line in result.outlines if line.startswith("loaded:")).split()[1:]


def heavy(result: pytest.RunResult) -> set[str]:
    return {name.partition(".")[0] for name in loaded(result)} & HEAVY


def test_no_item_is_generated(shop: Shop) -> None:
    result = shop.pytest("--collect-only", "-q")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.usefixtures("our_plugin_alone")
def test_nothing_but_options_and_fixtures_is_imported(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(LOADED)
    pytester.makepyfile("def test_ordinary(): pass")
    result = pytester.runpytest_subprocess("-p", "pytest_errorbudget.plugin")
    result.assert_outcomes(passed=1)
    assert {name for name in loaded(result) if name.startswith("pytest_errorbudget")} == {
        "pytest_errorbudget",
        "pytest_errorbudget.plugin",
        "pytest_errorbudget.plugin.fixtures",
        "pytest_errorbudget.plugin.hooks",
        "pytest_errorbudget.plugin.options",
    }
    assert heavy(result) == set()


@pytest.mark.usefixtures("our_plugin_alone")
def test_collection_imports_what_reads_settings_and_sources(shop: Shop) -> None:
    shop.count_events()
    shop.write("conftest.py", LOADED)
    result = shop.pytester.runpytest_subprocess("-p", "pytest_errorbudget.plugin", "--errorbudget", "--collect-only")
    assert result.ret == pytest.ExitCode.OK
    assert heavy(result) == {"msgspec"}
