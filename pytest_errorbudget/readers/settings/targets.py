"""Targets of cohorts and of single tenants: each is of an SLO that there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.readers.settings.errors import Key, Reading


def check_targets(reading: Reading, settings: Settings, not_computed: Mapping[str, str]) -> None:
    """``not_computed`` are SLOs of another system, with the reason: a target for one of them waits until it is."""
    known = {slo.name for slo in settings.slos}
    for key in _targets(settings):
        name = str(key[-1])
        if name in known:
            continue
        if name in not_computed:
            reason = f"a target for `{name}` waits until it is computed; {not_computed[name]}"
            reading.unchecked.append(Unchecked("settings", ".".join(map(str, key)), reason, reading.span(key)))
        else:
            listed = ", ".join(f"`{one}`" for one in sorted(known)) or "none"
            reading.problem(key, f"there is no SLO `{name}`", f"defined are: {listed}")


def _targets(settings: Settings) -> Iterator[Key]:
    for cohort in settings.cohorts:
        yield from (("cohorts", cohort.name, "objectives", slo) for slo, _ in cohort.objectives)
        yield from (("objectives", tenant, slo) for tenant, slo, _ in cohort.own_objectives)
