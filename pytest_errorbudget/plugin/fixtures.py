"""The fixtures. They work with and without ``--errorbudget``; what they need is imported when they are used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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

    with _without_traceback():
        return ErrorBudget.of(project_of(pytestconfig))


@pytest.fixture(scope="session")
def errorbudget_run(pytestconfig: pytest.Config) -> Run:
    """The session's shared run of all steps: ten tests cost one gathering."""
    from pytest_errorbudget.plugin.running import shared_run

    with _without_traceback():
        return shared_run(pytestconfig).everything()


@pytest.fixture
def tenant(request: pytest.FixtureRequest) -> Tenant:
    """One tenant of the settings; the test runs once for each, narrowed by ``@pytest.mark.errorbudget(cohort=...)``."""
    if not hasattr(request, "param"):
        pytest.fail(
            "`tenant` has its values only where a test or fixture names it as an argument: "
            'request.getfixturevalue("tenant") comes too late for them',
            pytrace=False,
        )
    chosen: Tenant = request.param
    return chosen


def parametrize_tenant(metafunc: pytest.Metafunc) -> None:
    """Give the ``tenant`` fixture its values, unless the test's author has a fixture or a parameter of that name."""
    definitions = getattr(metafunc, "_arg2fixturedefs", {}).get("tenant", ())
    if not definitions or definitions[-1].func.__module__ != __name__ or _is_parameter(metafunc.definition):
        return
    from pytest_errorbudget.model.item import escape
    from pytest_errorbudget.plugin.running import project_of
    from pytest_errorbudget.plugin.tenants import narrowed

    try:
        settings = project_of(metafunc.config).settings
        chosen = narrowed(settings, tuple(metafunc.definition.iter_markers("errorbudget")))
    except pytest.UsageError as error:
        # The one error of collection that pytest shows without a traceback.
        raise pytest.Collector.CollectError(str(error)) from None
    metafunc.parametrize("tenant", chosen, ids=[escape(tenant.name) for tenant in chosen], indirect=True)


def _is_parameter(definition: pytest.Item) -> bool:
    """Whether ``@pytest.mark.parametrize`` gives the test its own ``tenant``."""
    for marker in definition.iter_markers("parametrize"):
        names = marker.args[0] if marker.args else marker.kwargs.get("argnames", ())
        listed = names.split(",") if isinstance(names, str) else names
        if "tenant" in (name.strip() for name in listed):
            return True
    return False


@contextmanager
def _without_traceback() -> Iterator[None]:
    try:
        yield
    except pytest.UsageError as error:
        pytest.fail(str(error), pytrace=False)
