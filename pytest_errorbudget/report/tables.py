"""Tables for the terminal. Numbers are rounded here, from their exact values, and nowhere before."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

from pytest_errorbudget.model.burn import Absence, BudgetState, Burn, NoData
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.formats.wording import decimal, duration, named, percent_floor
from pytest_errorbudget.model.run import Run, SchemaState, TenantHealth
from pytest_errorbudget.model.threshold import Basis, Threshold

_Row = Sequence[str | int]
_BASES = {
    Basis.WORKBOOK: "SRE Workbook",
    Basis.TOLERANCE: "observed",
    Basis.CAP: "largest possible",
    Basis.FALLBACK: "too few windows",
}


def table(head: Sequence[str], rows: Sequence[_Row]) -> str:
    """Plain columns under a head; text is left as it is, also where it looks like a number."""
    return tabulate(rows, headers=head, tablefmt="simple", disable_numparse=True)


def tenants_table(run: Run, *, limit: int | None = None) -> str:
    """A row for each tenant and SLO, soonest exhausted first; ``limit`` rows at most, the rest counted."""
    rows = sorted(_tenant_rows(run), key=lambda row: (risk(row[1]), row[0].name, row[1].slo if row[1] else ""))
    databases = {health.database for health, _ in rows}
    pace_us = next((state.pace_us for _, state in rows if state is not None), 3_600_000_000)
    head = ["tenant", "cohort", *(["database"] if len(databases) > 1 else []), "version", "schema"]
    head += ["SLO", f"burn {duration(pace_us)}", "budget left", "lasts"]
    shown = rows if limit is None else rows[:limit]
    lines = table(head, [_tenant_cells(health, state, len(databases) > 1) for health, state in shown])
    more = len(rows) - len(shown)
    return f"{lines}\n… and {more} more, in the execution log" if more else lines


def _tenant_rows(run: Run) -> list[tuple[TenantHealth, BudgetState | None]]:
    by_customer: dict[str, list[BudgetState | None]] = {}
    for state in run.budgets:
        by_customer.setdefault(state.tenant, []).append(state)
    return [(health, state) for health in run.tenants for state in by_customer.get(health.customer, [None])]


def risk(state: BudgetState | None) -> tuple[int, int, int]:
    """Sorts the most endangered first: no budget left, then by time to exhaustion, then by what is used."""
    if state is None:
        return 4, 0, 0
    if isinstance(state.consumed, NoData):
        return 3, 0, 0
    used = -int(state.consumed * 1_000_000)
    if state.consumed >= 1:
        return 0, used, 0
    return (2, used, 0) if state.exhausted_in_us is None else (1, state.exhausted_in_us, used)


def _tenant_cells(health: TenantHealth, state: BudgetState | None, with_database: bool) -> _Row:
    return [
        health.name,
        health.cohort or "–",
        *([health.database] if with_database else []),
        health.version or "unknown",
        f"drifted ({health.drift})" if health.schema is SchemaState.DRIFTED else health.schema.value,
        *(("–", "–", "–", "–") if state is None else (state.slo, _pace(state), _left(state), _lasts(state))),
    ]


def _pace(state: BudgetState) -> str:
    burn = dict(state.burns).get(state.pace_us)
    return decimal(burn.rate, 2) if isinstance(burn, Burn) else "no data"


def _left(state: BudgetState) -> str:
    """Rounded down: a budget is never said to be larger than it is."""
    return "no data" if isinstance(state.consumed, NoData) else percent_floor(1 - state.consumed)


def _lasts(state: BudgetState) -> str:
    if isinstance(state.consumed, NoData):
        return state.consumed.reason.value
    if state.consumed >= 1:
        return "exhausted"
    return _outlasts(state) if state.exhausted_in_us is None else duration(state.exhausted_in_us)


def _outlasts(state: BudgetState) -> str:
    """Why there is no time at which nothing is left; a budget that shrinks has none where a calendar period ends
    before it."""
    pace = dict(state.burns).get(state.pace_us)
    if isinstance(pace, Burn) and pace.bad:
        return "to the end of the period"
    if isinstance(pace, NoData) and pace.reason is not Absence.NO_TRAFFIC:
        return str(pace.reason.value)
    return "not shrinking"


def findings_table(findings: Sequence[Finding]) -> str:
    rows = [(f.severity.value, f.rule.id, f.place, _names(f.tenants)) for f in findings]
    return table(("severity", "rule", "place", "tenants"), rows)


def _names(tenants: Sequence[str]) -> str:
    match tenants:
        case []:
            return "–"
        case [tenant]:
            return tenant
        case _:
            return named(tenants, "tenant")


def thresholds_table(thresholds: Sequence[Threshold]) -> str:
    head = ("cohort", "SLO", "page above", "windows", "basis", "confidence", "observed", "outliers")
    return table(head, [_threshold_cells(threshold) for threshold in thresholds])


def _threshold_cells(threshold: Threshold) -> _Row:
    return (
        threshold.cohort,
        threshold.slo,
        decimal(threshold.burn, 2),
        f"{duration(threshold.long_us)} / {duration(threshold.short_us)}",
        _BASES[threshold.basis],
        _confidence(threshold),
        f"{threshold.windows:,}",
        ", ".join(threshold.outliers) or "–",
    )


def _confidence(threshold: Threshold) -> str:
    reached = percent_floor(threshold.confidence, 2)
    if not threshold.reliable:
        return f"{reached} (too low)"
    return f"{reached} (not below the cap)" if threshold.capped else reached
