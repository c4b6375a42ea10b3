"""Which tenants a test with the ``tenant`` fixture runs for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace

import pytest

from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.model.tenant import Tenant

_ARGUMENTS = ("cohort", "tenants")


def narrowed(settings: Settings, markers: tuple[pytest.Mark, ...]) -> tuple[Tenant, ...]:
    """Each customer once, by its own name, narrowed by every marker. An unknown name is a usage error."""
    customers = {tenant.customer: replace(tenant, name=tenant.customer) for tenant in reversed(settings.tenants)}
    chosen = tuple(customers[name] for name in settings.customers)
    for marker in markers:
        _known("argument", (*map(repr, marker.args), *marker.kwargs), _ARGUMENTS)
        cohorts = _names(marker.kwargs.get("cohort"))
        names = _names(marker.kwargs.get("tenants"))
        _known("cohort", cohorts or (), {cohort.name for cohort in settings.cohorts})
        _known("tenant", names or (), customers)
        chosen = tuple(
            tenant
            for tenant in chosen
            if (cohorts is None or tenant.cohort in cohorts) and (names is None or tenant.name in names)
        )
    return chosen


def _names(argument: str | Iterable[str] | None) -> tuple[str, ...] | None:
    if argument is None or isinstance(argument, str):
        return None if argument is None else (argument,)
    return tuple(argument)


def _known(kind: str, names: tuple[str, ...], known: Iterable[str]) -> None:
    listed = sorted(known)
    for name in names:
        if name not in listed:
            near = difflib.get_close_matches(name, listed, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(listed) or 'none'}"
            raise pytest.UsageError(f"@pytest.mark.errorbudget: there is no {kind} `{name}`; {hint}")
