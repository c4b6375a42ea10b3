"""The fixtures. They work with and without ``--errorbudget``; what they need is imported when they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_errorbudget.model.run import Run
    from pytest_errorbudget.model.tenant import Tenant
    from pytest_errorbudget.pipeline.plan import ErrorBudget


@pytest.fixture(scope="session")
def errorbudget(pytestconfig: pytest.Config) -> ErrorBudget:
    """The plan over this repository's settings, with no step asked for yet."""
    from pytest_errorbudget.pipeline.plan import ErrorBudget
    from pytest_errorbudget.plugin.running import project_of

    return ErrorBudget.of(project_of(pytestconfig))


@pytest.fixture(scope="session")
def errorbudget_run(pytestconfig: pytest.Config) -> Run:
    """The session's shared run of all steps: ten tests cost one gathering."""
    from pytest_errorbudget.plugin.running import shared_run

    return shared_run(pytestconfig).everything()


@pytest.fixture
def tenant(request: pytest.FixtureRequest) -> Tenant:
    """One tenant of the settings; the test runs once for each, narrowed by ``@pytest.mark.errorbudget(cohort=...)``."""
    if not hasattr(request, "param"):
        raise pytest.UsageError(
            f"{request.node.nodeid}: no tenant to run with. List tenants in errorbudget.toml, or widen the marker."
        )
    chosen: Tenant = request.param
    return chosen


def parametrize_tenant(metafunc: pytest.Metafunc) -> None:
    """Give the ``tenant`` fixture its values, unless the test's author has a fixture of that name."""
    definitions = getattr(metafunc, "_arg2fixturedefs", {}).get("tenant", ())
    if not definitions or definitions[-1].func.__module__ != __name__:
        return
    from pytest_errorbudget.plugin.running import project_of
    from pytest_errorbudget.plugin.tenants import narrowed

    chosen = narrowed(project_of(metafunc.config).settings, tuple(metafunc.definition.iter_markers("errorbudget")))
    metafunc.parametrize("tenant", chosen, ids=[tenant.name for tenant in chosen], indirect=True)
