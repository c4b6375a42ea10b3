"""From facts to a run: every check, then the allowances. Nothing here reads anything but facts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from pytest_errorbudget.checks.agreement import disagreements
from pytest_errorbudget.checks.alert_never_fires import never_firing_findings, unlike_the_policy
from pytest_errorbudget.checks.allowances import allow
from pytest_errorbudget.checks.budget import budget_states, burn_findings
from pytest_errorbudget.checks.burn import LENGTHS_US
from pytest_errorbudget.checks.contracts import (
    Scope,
    boundary_findings,
    contract_findings,
    meant_elsewhere,
    scope_of,
    without_schema,
)
from pytest_errorbudget.checks.contracts.sqlx_cache_stale import orphaned_records, record_findings
from pytest_errorbudget.checks.determinism import determinism_findings, determinism_score
from pytest_errorbudget.checks.drift import design_findings, drift_findings
from pytest_errorbudget.checks.event_findings import event_findings
from pytest_errorbudget.checks.firing import generated_firings, present_firings, workbook_firings
from pytest_errorbudget.checks.migration_edited import edited_findings
from pytest_errorbudget.checks.migrations import migration_findings, told_for_sure
from pytest_errorbudget.checks.no_numbers import without_numbers
from pytest_errorbudget.checks.out_of_reach import out_of_reach, problem_findings, told_once
from pytest_errorbudget.checks.partitions import partition_findings
from pytest_errorbudget.checks.shared_sets import Part, parts
from pytest_errorbudget.checks.sli import sli_findings
from pytest_errorbudget.checks.slices import BudgetCounts, in_slices
from pytest_errorbudget.checks.step_rules import STEP_OF_RULE
from pytest_errorbudget.checks.steps import steps
from pytest_errorbudget.checks.tenant_health import tenant_health
from pytest_errorbudget.checks.tenants import tenant_findings
from pytest_errorbudget.checks.tenants_file_stale import stale_findings
from pytest_errorbudget.model.alert import Firing
from pytest_errorbudget.model.burn import BudgetState
from pytest_errorbudget.model.facts import DatabaseFacts, Facts, SetFacts
from pytest_errorbudget.model.finding import Finding, ordered
from pytest_errorbudget.model.formats.moment import moment_of
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import Run, StepName
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.settings import Database, Settings
from pytest_errorbudget.model.tenant import InSchema
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.stopwatch import Clock, Stopwatch, monotonic_us
from pytest_errorbudget.pipeline.thresholds import Generated, generated

Said = Iterator[Finding | Unchecked]


def judge(request: Request, facts: Facts, clock: Clock = monotonic_us) -> Run:
    """The outcome of the asked steps. A step's time is what gathering and judging it took."""
    settings = request.project.settings
    watch = Stopwatch(clock, dict(facts.timings_us))
    said: list[Finding | Unchecked] = [*facts.unchecked, *problem_findings(facts, settings)]
    said.extend(out_of_reach(facts, settings))
    with watch.step(StepName.SCHEMA_INTROSPECTION):
        said.extend(_schemas(facts, settings))
    with watch.step(StepName.RUST_CONTRACT_VALIDATION):
        findings, unchecked = boundary_findings(facts.contracts)
        said.extend((*findings, *unchecked))
    with watch.step(StepName.SLI_BURN_RATE_COMPUTATION):
        counts = None if facts.counts is None else in_slices(facts.counts, settings.slos)
        budgets = _budgets(counts, settings)
        said.extend(_burn_rates(facts, settings, budgets))
    with watch.step(StepName.CONTRACT_MISMATCH_DETECTION):
        if StepName.CONTRACT_MISMATCH_DETECTION in request.asked:
            said.extend(_contracts(facts, settings))
            said.extend(sli_findings(facts, settings))
    with watch.step(StepName.THRESHOLD_GENERATION):
        made = generated(request, facts, counts) if StepName.THRESHOLD_GENERATION in request.asked else Generated()
        said.extend((*made.findings, *made.unchecked))
        if StepName.THRESHOLD_GENERATION in request.asked:
            said.extend(_alerts(settings, made))
        firings = _firings(counts, settings, made)
    return _run(request, facts, budgets, made, firings, tuple(said), watch)


def _run(
    request: Request,
    facts: Facts,
    budgets: tuple[BudgetState, ...],
    made: Generated,
    firings: tuple[Firing, ...],
    said: tuple[Finding | Unchecked, ...],
    watch: Stopwatch,
) -> Run:
    settings = request.project.settings
    as_of = None if facts.as_of_us is None else moment_of(facts.as_of_us)
    found = tuple(each for each in said if isinstance(each, Finding))
    allowed = allow(
        found, settings.allowances, None if as_of is None else as_of.date(), settings.path, _checked(request, facts)
    )
    findings = ordered(allowed.findings)
    return Run(
        as_of=as_of,
        steps=steps(watch.told_by(facts), findings, made.thresholds, made.outliers, budgets, settings, request.asked),
        findings=findings,
        allowed=allowed.allowed,
        thresholds=made.thresholds,
        outliers=made.outliers,
        budgets=budgets,
        firings=firings,
        unchecked=tuple(sorted(told_once(each for each in said if isinstance(each, Unchecked)), key=_unchecked_order)),
        inputs=facts.inputs,
        counts_digest=None if facts.counts is None else facts.counts.digest,
        determinism=None if facts.counts is None else determinism_score(facts.counts),
        tenants=tenant_health(facts, findings, settings),
        execution_us=watch.total_us,
    )


def _checked(request: Request, facts: Facts) -> frozenset[Rule]:
    """The rules that this run could find: those of the asked steps, and none where a door stayed shut."""
    if facts.problems:
        return frozenset()
    return frozenset(rule for rule, step in STEP_OF_RULE.items() if step in request.asked)


def _databases(facts: Facts, settings: Settings) -> Iterator[tuple[Database, DatabaseFacts]]:
    by_name = {database.name: database for database in settings.databases}
    return ((by_name[database.name], database) for database in facts.databases)


def _schemas(facts: Facts, settings: Settings) -> Said:
    for database, read in _databases(facts, settings):
        yield from dict.fromkeys(chain.from_iterable(_replays(each) for each in read.sets))
        if read.snapshot is not None:
            yield from chain(*tenant_findings(database, read.snapshot, settings.path))
            expected = Schema() if read.replay is None else read.replay.newest
            yield from chain(*partition_findings(read.snapshot, expected, settings.path))
        if read.snapshot is not None and read.kept is not None:
            yield from stale_findings(read.kept, read.snapshot, settings.path)
        for part in parts(database, read):
            yield from (part,) if isinstance(part, Unchecked) else _drift(part, settings)


def _replays(each: SetFacts) -> Said:
    if each.replay is not None:
        yield from migration_findings(each.replay, each.migrations)
        yield from design_findings(each.replay.newest)
    if each.replay is not None and each.replay.failure is None and each.static is not None:
        yield from disagreements(each.static, each.replay.newest)


def _drift(part: Part, settings: Settings) -> Said:
    yield from edited_findings(part.facts.migrations, part.snapshot, settings.path)
    if part.replay is not None:
        drift, unchecked = drift_findings(part.database, part.replay, part.snapshot, settings.path)
        yield from chain(told_for_sure(drift, part.facts.migrations), unchecked)


def _contracts(facts: Facts, settings: Settings) -> Said:
    read_ones = {read.name for read in facts.databases}
    unread = (database for database in settings.databases if database.name not in read_ones)
    unread_scopes = (Scope(tenants=tuple(t.name for t in each.tenants), crates=each.services) for each in unread)
    scoped = [(read, _scope(database, read)) for database, read in _databases(facts, settings)]
    for read, scope in scoped:
        others = [each for each in scoped if each[0] is not read]
        elsewhere = meant_elsewhere(facts.contracts, others)
        yield from chain(*contract_findings(facts.contracts, read, scope, elsewhere))
        yield from record_findings(facts.contracts, read, scope)
    yield from without_schema(facts.contracts, (*unread_scopes, *(scope for _, scope in scoped)))
    yield from orphaned_records(facts.contracts)


def _scope(database: Database, read: DatabaseFacts) -> Scope:
    tenants = tuple(tenant.name for tenant in database.tenants)
    sharing = tuple(tenant.name for tenant in database.tenants if isinstance(tenant.layout, InSchema))
    return scope_of(read, tenants, database.services, sharing)


def _budgets(counts: BudgetCounts | None, settings: Settings) -> tuple[BudgetState, ...]:
    if counts is None:
        return ()
    return budget_states(counts, settings.slos, settings.cohorts, (*LENGTHS_US, settings.window_us))


def _firings(counts: BudgetCounts | None, settings: Settings, made: Generated) -> tuple[Firing, ...]:
    if counts is None:
        return ()
    asked = counts, settings.slos, settings.cohorts
    return (*workbook_firings(*asked), *generated_firings(*asked, made.thresholds), *present_firings(*asked))


def _alerts(settings: Settings, made: Generated) -> Said:
    yield from never_firing_findings(settings.slos, settings.cohorts, settings.path)
    yield from unlike_the_policy(settings.slos, settings.cohorts, made.thresholds, settings.counted_us)


def _burn_rates(facts: Facts, settings: Settings, budgets: tuple[BudgetState, ...]) -> Said:
    if facts.counts is not None:
        yield from burn_findings(budgets, settings.slos, settings.path)
        yield from without_numbers(budgets, settings.path)
        yield from event_findings(facts.counts, settings.slos, settings.path, settings.events)
        yield from determinism_findings(facts.counts, settings.slos, settings.path)


def _unchecked_order(entry: Unchecked) -> tuple[str, str, str, str, tuple[ItemId, ...]]:
    return entry.kind, entry.place, entry.reason, str(entry.span or ""), entry.items
