"""The fixtures, with and without the flag."""

from __future__ import annotations

import pytest
from shop import SETTINGS, Shop

RUN = """
def test_one(errorbudget_run):
    assert errorbudget_run.raise_for_findings() is errorbudget_run

def test_two(errorbudget_run, request):
    from pytest_errorbudget.plugin.running import shared_run
    assert shared_run(request.config).run is errorbudget_run
"""

BARE = """
def test_run(errorbudget_run):
    assert errorbudget_run is None
"""

OWN_FIXTURE = """
import pytest

@pytest.fixture
def tenant():
    return 1

def test_own(tenant):
    assert tenant == 1
"""

OWN_PARAMETER = """
import pytest

@pytest.mark.parametrize(%s)
def test_own(tenant):
    assert tenant == 1
"""

TENANTS = """
import pytest

def test_each(tenant):
    assert tenant.name in ("acme-prod", "globex", "initech")

@pytest.mark.errorbudget(cohort="gold")
def test_gold(tenant):
    assert tenant.name == "acme-prod" and tenant.cohort == "gold"

@pytest.mark.errorbudget(tenants=["globex", "initech"])
class TestSome:
    def test_some(self, tenant):
        assert tenant.cohort == "standard"

    @pytest.mark.errorbudget(tenants="globex")
    def test_one(self, tenant):
        assert tenant.name == "globex"
"""


@pytest.mark.parametrize("flag", [[], ["--errorbudget", "test_run.py"]], ids=["without", "with"])
def test_the_shared_run(running_shop: Shop, flag: list[str]) -> None:
    running_shop.write("test_run.py", RUN)
    running_shop.pytest(*flag).assert_outcomes(passed=2)


def test_the_run_as_a_mapping(running_shop: Shop) -> None:
    running_shop.count_events()
    running_shop.write(
        "test_run.py",
        "from datetime import timedelta\n\n"
        "def test_budget(errorbudget_run, tenant):\n"
        '    assert errorbudget_run[tenant.name]["availability"].lasts_at_least(timedelta(days=3))\n',
    )
    running_shop.pytest().assert_outcomes(passed=3)


def test_the_plan(running_shop: Shop) -> None:
    running_shop.write(
        "test_plan.py",
        "def test_plan(errorbudget):\n"
        '    errorbudget.validate_schema(["id", "total_cents"], table="orders").execute_local().raise_for_findings()\n',
    )
    running_shop.pytest().assert_outcomes(passed=1)


def test_a_bare_assert_shows_the_run(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.write(
        "test_run.py", "def test_run(errorbudget_run):\n    assert not errorbudget_run.findings, errorbudget_run\n"
    )
    result = running_shop.pytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*<Run success_with_findings, *", "*  error *row-type *services/build/src/models.rs*"])


def test_tenants_are_parametrised_and_narrowed(shop: Shop) -> None:
    shop.write("test_tenants.py", TENANTS)
    result = shop.pytest("-v")
    result.assert_outcomes(passed=7)
    ids = ["test_each[[]acme-prod]", "test_each[[]globex]", "test_gold[[]acme-prod]", "*test_one[[]globex]"]
    result.stdout.fnmatch_lines([f"test_tenants.py::{name} PASSED*" for name in ids])


def test_tenants_with_the_flag(running_shop: Shop) -> None:
    running_shop.write("test_tenants.py", TENANTS)
    running_shop.run("-k", "test_gold").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "source",
    [
        OWN_FIXTURE,
        OWN_PARAMETER % '"tenant", [1]',
        OWN_PARAMETER % '["tenant"], [[1]]',
        OWN_PARAMETER.replace("(tenant)", "(a, tenant)") % '"a, tenant", [(0, 1)]',
    ],
    ids=["fixture", "parameter", "list", "parameters"],
)
def test_a_tenant_of_the_authors_own_is_left_alone(shop: Shop, source: str) -> None:
    shop.write("test_own.py", source)
    shop.pytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "says"),
    [
        ('cohort="golf"', "@pytest.mark.errorbudget: there is no cohort `golf`; did you mean `gold`?"),
        (
            'tenants=["nobody"]',
            "@pytest.mark.errorbudget: there is no tenant `nobody`; known are: acme-prod, *",
        ),
        ('cohorts="gold"', "@pytest.mark.errorbudget: there is no argument `cohorts`; did you mean `cohort`?"),
    ],
)
def test_an_unknown_name_in_the_marker(shop: Shop, marker: str, says: str) -> None:
    shop.write("test_marked.py", f"import pytest\n\n@pytest.mark.errorbudget({marker})\ndef test_x(tenant): pass\n")
    result = shop.pytest()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([says])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_no_tenant_is_a_skip(shop: Shop) -> None:
    shop.write("errorbudget.toml", "")
    shop.write("test_tenants.py", "def test_each(tenant): pass\n")
    shop.pytest().assert_outcomes(skipped=1)


def test_invalid_settings_fail_the_test_without_a_traceback(shop: Shop) -> None:
    shop.write("errorbudget.toml", SETTINGS + "nonsense = 1\n")
    shop.write("test_run.py", "def test_run(errorbudget_run): pass\n")
    result = shop.pytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["errorbudget.toml:*: unknown key `nonsense`*"])
    result.stdout.no_fnmatch_line("*running.py*")


def test_names_that_pytest_would_split_are_escaped(shop: Shop) -> None:
    shop.edit("errorbudget.toml", "globex = ", '"a::b [1]" = ')
    shop.write("test_tenants.py", "def test_each(tenant): pass\n")
    nodeid = "test_tenants.py::test_each[a%3A%3Ab%20%5B1%5D]"
    result = shop.pytest("-v", nodeid)
    result.assert_outcomes(passed=1)
    assert any(line.startswith(f"{nodeid} PASSED") for line in result.outlines)
