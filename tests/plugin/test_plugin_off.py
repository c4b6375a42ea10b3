"""Without ``--errorbudget`` the plugin adds no item and costs no import."""

from __future__ import annotations

import pytest
from shop import Shop

HEAVY = {"cattrs", "duckdb", "filelock", "hypothesis", "msgspec", "psycopg", "sqlglot", "tabulate", "yaml"}


def test_no_item_is_generated(shop: Shop) -> None:
    result = shop.pytest("--collect-only", "-q")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_nothing_but_options_and_fixtures_is_imported(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other plugins would bring in psycopg and hypothesis themselves.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(
        """
        import sys

        def pytest_unconfigure():
            print("\\nloaded:", *sorted(sys.modules))
        """
    )
    pytester.makepyfile("def test_ordinary(): pass")
    result = pytester.runpytest_subprocess("-p", "pytest_errorbudget.plugin")
    result.assert_outcomes(passed=1)
    loaded = next(line for line in result.outlines if line.startswith("loaded:")).split()[1:]
    assert {name for name in loaded if name.startswith("pytest_errorbudget")} == {
        "pytest_errorbudget",
        "pytest_errorbudget.plugin",
        "pytest_errorbudget.plugin.fixtures",
        "pytest_errorbudget.plugin.hooks",
        "pytest_errorbudget.plugin.options",
    }
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
