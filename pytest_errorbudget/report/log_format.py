"""The execution log's format: what is written, and what its JSON Schema is made from."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class LogStep(Struct, frozen=True, kw_only=True):
    """One step. ``timestamp`` and ``elapsed_ms`` differ from run to run; the rest does not."""

    timestamp: str
    step: Literal[
        "schema_introspection",
        "rust_contract_validation",
        "sli_burn_rate_computation",
        "contract_mismatch_detection",
        "threshold_generation",
    ]
    action: str
    result: str
    metadata: dict[str, int | float | str | None]
    state: Literal["done", "not asked", "failed"]
    elapsed_ms: int


class LogLabel(Struct, frozen=True, kw_only=True):
    """A place in a file; lines and columns count from 1, ends are exclusive, ``null`` is the rest of the line."""

    path: str
    line: int
    column: int
    end_line: int | None
    end_column: int | None
    text: str
    kind: Literal["primary", "context"]


class LogFinding(Struct, frozen=True, kw_only=True):
    """``level`` is the log's word for ``severity``. The fingerprint stays when lines move."""

    rule: str
    severity: Literal["error", "warning", "information"]
    level: Literal["high", "medium", "low"]
    message: str
    place: str
    tenants: tuple[str, ...]
    labels: tuple[LogLabel, ...]
    items: tuple[str, ...]
    consequence: str
    help: str
    fingerprint: str


class LogAllowance(Struct, frozen=True, kw_only=True):
    rule: str
    where: str
    reason: str
    until: str | None
    path: str
    line: int


class LogAllowed(Struct, frozen=True, kw_only=True):
    """A finding that an ``[[allow]]`` entry accepts."""

    finding: LogFinding
    allowance: LogAllowance


class LogPlace(Struct, frozen=True, kw_only=True):
    place: str
    path: str | None
    line: int | None


class LogUnchecked(Struct, frozen=True, kw_only=True):
    """What was seen and not checked, grouped by kind and reason."""

    kind: str
    reason: str
    count: int
    places: tuple[LogPlace, ...]


class LogThreshold(Struct, frozen=True, kw_only=True):
    """``burn`` and ``confidence`` are exact, as ``n/d``; times are in seconds."""

    cohort: str
    slo: str
    burn: str
    basis: Literal["workbook", "tolerance", "cap", "fallback"]
    confidence: str
    reliable: bool
    windows: int
    long_seconds: int
    short_seconds: int
    failing_slots: int
    tenants: tuple[str, ...]
    outliers: tuple[str, ...]


class LogBurn(Struct, frozen=True, kw_only=True):
    """``rate`` is exact, as ``n/d``, or ``null`` with the reason in ``no_data``."""

    window_seconds: int
    bad: int | None
    valid: int | None
    rate: str | None
    no_data: str | None


class LogBudget(Struct, frozen=True, kw_only=True):
    """``consumed`` is a share of the period's budget, exact, as ``n/d``, or ``null`` with the reason in ``no_data``.
    ``unjudged`` are the period's events of which it cannot be said whether they were good."""

    tenant: str
    slo: str
    valid: int
    bad: int
    unjudged: int
    consumed: str | None
    no_data: str | None
    exhausted_in_seconds: int | None
    pages: bool
    burns: tuple[LogBurn, ...]


class LogInput(Struct, frozen=True, kw_only=True):
    name: str
    sha256: str


class LogServer(Struct, frozen=True, kw_only=True):
    """Versions as the server numbers them (180006); ``null`` where it was not used."""

    database: str
    replay: int | None
    snapshot: int | None


class ExecutionLog(Struct, frozen=True, kw_only=True):
    """The whole log. ``digest`` is the SHA-256 of what was found."""

    workflow: Literal["optimize_error_budget_burn_alerts"]
    tenant_scope: Literal["multi-tenant_services"]
    execution_log: tuple[LogStep, ...]
    status: Literal["success", "success_with_findings", "failed"]
    execution_time_ms: int
    determinism_score: float | None
    version: str
    as_of: str | None
    digest: str
    inputs: tuple[LogInput, ...]
    servers: tuple[LogServer, ...]
    findings: tuple[LogFinding, ...]
    allowed: tuple[LogAllowed, ...]
    unchecked: tuple[LogUnchecked, ...]
    thresholds: tuple[LogThreshold, ...]
    budgets: tuple[LogBudget, ...]
