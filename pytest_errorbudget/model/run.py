"""What a run found: steps, findings, thresholds and every tenant's error budget, as one frozen value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Self

from pytest_errorbudget.model.alert import Firing
from pytest_errorbudget.model.burn import Absence, BudgetState, Burn, NoData
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.model.input_digest import InputDigest
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.settings import Allowance
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.threshold import Outlier, Threshold


class StepName(Enum):
    """The five steps, in the order in which a run takes them, by the name that the log gives them."""

    SCHEMA_INTROSPECTION = "schema_introspection"
    RUST_CONTRACT_VALIDATION = "rust_contract_validation"
    SLI_BURN_RATE_COMPUTATION = "sli_burn_rate_computation"
    CONTRACT_MISMATCH_DETECTION = "contract_mismatch_detection"
    THRESHOLD_GENERATION = "threshold_generation"


class StepState(Enum):
    """``FAILED`` is a step whose source could not be read; a step that found something is ``DONE``."""

    DONE = "done"
    NOT_ASKED = "not asked"
    FAILED = "failed"


class Status(Enum):
    """``SUCCESS_WITH_FINDINGS``: all steps that were asked for were done, and something was found."""

    SUCCESS = "success"
    SUCCESS_WITH_FINDINGS = "success_with_findings"
    FAILED = "failed"


Metadata = int | str | Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the log. ``result`` starts with its mark; ``started_us`` is µs since the run began."""

    name: StepName
    state: StepState
    action: str
    result: str
    metadata: tuple[tuple[str, Metadata], ...]
    started_us: int
    elapsed_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedFinding:
    """A finding, for the tenants that an allowance accepts."""

    finding: Finding
    allowance: Allowance


class SchemaState(Enum):
    """How a tenant's schema stands to the migrations that it says it has applied."""

    HEALTHY = "healthy"
    DRIFTED = "drifted"
    BEHIND = "behind"
    MISSING = "missing"
    NOT_READ = "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantHealth:
    """One tenant partition as the run saw it; ``name`` and ``customer`` as in ``Tenant``, ``version`` is ``None`` where
    none is known, ``drift`` the number of findings about its schema that are more than information."""

    name: str
    customer: str
    cohort: str | None
    database: str
    version: str | None
    schema: SchemaState
    drift: int


class FindingsError(AssertionError):
    """Raised by ``Run.raise_for_findings``; its text lists the findings, gravest first."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        head = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
        super().__init__("\n".join((f"{head}:", *map(_described, findings))))


def _described(finding: Finding) -> str:
    head = f"  {finding.severity.value}[{finding.rule.id}] {finding.place}: {finding.message}"
    primary = finding.labels[0].span if finding.labels else None
    more = (
        f"at {primary}" if primary else "",
        f"tenants: {', '.join(finding.tenants)}" if finding.tenants else "",
        finding.consequence,
        f"help: {finding.help}" if finding.help else "",
    )
    return "\n".join((head, *(f"      {line}" for line in more if line)))


class UnknownName(KeyError):
    """A tenant or SLO that the run does not know; the text lists names that are near."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        near = get_close_matches(name, known, n=3)
        known_text = ", ".join(known) if known else "none"
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are: {known_text}"
        self.text = f"no {kind} {name!r} in this run: {hint}"
        super().__init__(self.text)

    def __str__(self) -> str:
        return self.text


class NoAnswer(LookupError):
    """Asked for a number that the data cannot give; the text says why."""


@dataclass(frozen=True, slots=True)
class Sli:
    """One tenant's service level indicator for one SLO, against its error budget."""

    state: BudgetState

    @property
    def burns(self) -> Mapping[timedelta, Burn | NoData]:
        """Burn rates over the newest closed windows, by length."""
        return MappingProxyType({timedelta(microseconds=length): burn for length, burn in self.state.burns})

    @property
    def consumed(self) -> Fraction | NoData:
        """How much of the period's budget is used: 0 is none, 1 all of it, more is possible."""
        return self.state.consumed

    @property
    def remaining(self) -> Fraction | NoData:
        """How much of it is left: 1 is all of it; below 0 where more was used than there was."""
        return self.state.remaining

    @property
    def exhausted_in(self) -> timedelta | None:
        """Time until the budget is gone at the present pace; ``None`` where it does not shrink, lasts to the
        end of a calendar period, or is gone."""
        left = self.state.exhausted_in_us
        return None if left is None else timedelta(microseconds=left)

    def lasts_at_least(self, span: timedelta) -> bool:
        """Whether the budget is not used up, and will not be within ``span`` at the present pace.

        Without a valid event nothing was burnt; with an objective of 100 % the first bad event ends the budget.
        Raises ``NoAnswer`` where that cannot be known: events that could not be read or judged, telemetry that stopped,
        or no closed window.
        """
        match self.state.consumed:
            case NoData(Absence.NO_TRAFFIC):
                return True
            case NoData(Absence.ZERO_BUDGET):
                return self.state.bad == 0
            case NoData(reason):
                raise NoAnswer(f"{self.state.tenant}, {self.state.slo}: {reason.value}")
            case consumed:
                left = self.exhausted_in
                return consumed < 1 and (left is None or left >= span)


class Slis(Mapping[str, Sli]):
    """One tenant's SLIs by SLO name."""

    def __init__(self, states: tuple[BudgetState, ...]) -> None:
        self._slis = {state.slo: Sli(state) for state in states}

    def __getitem__(self, slo: str) -> Sli:
        if slo not in self._slis:
            raise UnknownName("SLO", slo, tuple(self._slis))
        return self._slis[slo]

    def __iter__(self) -> Iterator[str]:
        return iter(self._slis)

    def __len__(self) -> int:
        return len(self._slis)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Run:
    """The outcome of a run.

    ``findings`` are those that no allowance covers, gravest first; ``as_of`` is in UTC and ``None`` where there
    are no events; ``determinism`` is the share of windows that every recount agreed on, ``None`` where nothing was
    counted; ``execution_us`` is how long the run took and, with the steps' times, all that may differ between
    two runs of the same input.
    """

    as_of: datetime | None
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    allowed: tuple[AllowedFinding, ...]
    thresholds: tuple[Threshold, ...]
    outliers: tuple[Outlier, ...]
    budgets: tuple[BudgetState, ...]
    firings: tuple[Firing, ...]
    unchecked: tuple[Unchecked, ...]
    inputs: tuple[InputDigest, ...]
    counts_digest: str | None
    determinism: Fraction | None
    tenants: tuple[TenantHealth, ...]
    execution_us: int

    @property
    def status(self) -> Status:
        if any(step.state is StepState.FAILED for step in self.steps):
            return Status.FAILED
        return Status.SUCCESS_WITH_FINDINGS if self.findings else Status.SUCCESS

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what was found: findings, allowances, thresholds, budgets, firings, the counts' digest; no
        time and no line number is in it."""
        return sha256(
            (
                tuple(_without_lines(finding) for finding in self.findings),
                tuple(_without_lines(allowed.finding) for allowed in self.allowed),
                self.thresholds,
                self.outliers,
                self.budgets,
                self.firings,
                self.counts_digest,
            )
        )

    def raise_for_findings(self, *, at_least: Severity = Severity.ERROR) -> Self:
        """This run, or ``FindingsError`` where a finding is at least as grave as ``at_least``."""
        grave = tuple(finding for finding in self.findings if finding.severity.rank >= at_least.rank)
        if grave:
            raise FindingsError(grave)
        return self

    def findings_of(self, item: ItemId) -> tuple[Finding, ...]:
        """The findings that concern one item."""
        return tuple(f for f in self.findings if any(affected.item == item for affected in f.affected))

    def __getitem__(self, tenant: str) -> Mapping[str, Sli]:
        """A tenant's SLIs by SLO name. Raises ``KeyError`` with near names for a tenant that is not known."""
        customers = {one.name: one.customer for one in self.tenants} | {b.tenant: b.tenant for b in self.budgets}
        known = customers | {customer: customer for customer in customers.values()}
        if tenant not in known:
            raise UnknownName("tenant", tenant, tuple(sorted(known)))
        return Slis(tuple(state for state in self.budgets if state.tenant == known[tenant]))

    def __repr__(self) -> str:
        return "\n".join(_summary(self))


def _without_lines(finding: Finding) -> tuple[object, ...]:
    return (
        finding.rule,
        finding.severity,
        finding.place,
        finding.message,
        finding.affected,
        finding.consequence,
        finding.help,
    )


def _summary(run: Run) -> Iterator[str]:
    as_of = "no events" if run.as_of is None else f"as of {run.as_of:%Y-%m-%dT%H:%M:%SZ}"
    yield f"<Run {run.status.value}, {as_of}, digest {run.digest[:12]}"
    yield from (f"  {step.name.value:<28}{step.result}" for step in run.steps)
    yield from (f"  {f.severity.value:<12}{f.rule.id:<28}{f.place}" for f in run.findings)
    width = max((len(state.tenant) for state in run.budgets), default=0)
    yield from (f"  {state.tenant:<{width}}  {state.slo}: {_budget(state)}" for state in run.budgets)
    yield ">"


def _budget(state: BudgetState) -> str:
    if isinstance(state.consumed, NoData):
        return state.consumed.reason.value
    left = "" if state.exhausted_in_us is None else f", gone in {timedelta(seconds=state.exhausted_in_us // 10**6)}"
    return f"{state.consumed.numerator * 100 // state.consumed.denominator} % of the budget used{left}"
