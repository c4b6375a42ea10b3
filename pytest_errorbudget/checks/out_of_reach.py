"""What could not be read: which items it fails, and which items have nothing left to say because of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_errorbudget.model.facts import DatabaseFacts, Facts
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import ItemId, determinism_item, migration_item, schema_item, slo_item, tenants_item
from pytest_errorbudget.model.migration import MigrationFile
from pytest_errorbudget.model.problem import Problem, Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Database, Settings


def problem_findings(facts: Facts, settings: Settings) -> tuple[Finding, ...]:
    """Each problem as a finding, on the items that stand for what it keeps out of reach."""
    return tuple(
        Finding(
            rule=problem.rule,
            severity=problem.rule.severity,
            message=problem.message,
            place=problem.place,
            affected=tuple(Affected(item) for item in _items(problem, facts, settings)),
            labels=() if problem.span is None else (Label(problem.span, "here"),),
            consequence=problem.consequence,
            help=problem.help,
        )
        for problem in facts.problems
    )


def _items(problem: Problem, facts: Facts, settings: Settings) -> tuple[ItemId, ...]:
    if problem.rule is Rule.EVENTS_UNREADABLE:
        named = [slo for slo in settings.slos if slo.sli.events == problem.place]
        # The item of the run's problems too: laws take their time, and some runs leave them out.
        laws = tuple(determinism_item(settings.path, slo.name) for slo in named or settings.slos)
        return (tenants_item(settings.path), *laws)
    if settings.exists:
        return (tenants_item(settings.path),)
    return tuple(
        migration_item(file.path)
        for database in facts.databases
        for each in database.sets
        for file in each.migrations.files
    )


def out_of_reach(facts: Facts, settings: Settings) -> Iterator[Unchecked]:
    """Items that are skipped, with the reason, because what they compare is not there."""
    by_name = {database.name: database for database in facts.databases}
    for database in settings.databases:
        if database.name in by_name:
            yield from _schemas(database, by_name[database.name], settings)
            yield from _migrations(by_name[database.name])
    if facts.counts is None and any(problem.rule is Rule.EVENTS_UNREADABLE for problem in facts.problems):
        for slo in settings.slos:
            for item in (slo_item(settings.path, slo.name, tenant) for tenant in settings.customers):
                yield Unchecked("burn rate", str(item), "the events could not be read", None, (item,))


def told_once(unchecked: Iterable[Unchecked]) -> Iterator[Unchecked]:
    """Each once; what is said without items is left out where the same is said with them."""
    distinct = frozenset(unchecked)
    with_items = {(one.kind, one.place, one.reason) for one in distinct if one.items}
    return (one for one in distinct if one.items or (one.kind, one.place, one.reason) not in with_items)


def _schemas(database: Database, facts: DatabaseFacts, settings: Settings) -> Iterator[Unchecked]:
    if facts.snapshot is None:
        reason = "the server could not be read" if database.is_live else "the settings name no server (`url`)"
        reasons = dict.fromkeys((tenant.name for tenant in database.tenants), reason)
    elif facts.replay is None or not facts.replay.versions:
        reasons = dict.fromkeys((tenant.name for tenant in database.tenants), "there is no replay to compare with")
    else:
        absent = (state for state in facts.snapshot.tenants if state.shape is None)
        reasons = {state.tenant: state.absence for state in absent}
    for tenant, reason in reasons.items():
        yield Unchecked("tenant schema", tenant, reason, None, (schema_item(settings.path, tenant),))


def _migrations(facts: DatabaseFacts) -> Iterator[Unchecked]:
    failed = next((each.replay.failure for each in facts.base if each.replay and each.replay.failure), None)
    for each in facts.sets:
        if each.migrations.is_unread:
            continue
        if each.replay is None and not facts.is_whole:
            stops = (
                "migrations before them could not be read"
                if failed is None
                else f"the replay stops at {failed.span.path}"
            )
            yield from _each(each.migrations.files, stops)
        elif each.replay is None:
            yield from _each(each.migrations.files, "no server to replay them on")
        elif each.replay.failure is not None:
            done = {version.version for version in each.replay.versions}
            at = each.replay.failure.span.path
            rest = (file for file in each.migrations.files if file.version not in done and file.path != at)
            yield from _each(rest, f"the replay stops at {at}")


def _each(files: Iterable[MigrationFile], reason: str) -> Iterator[Unchecked]:
    for file in files:
        yield Unchecked("migration", file.path, reason, None, (migration_item(file.path),))
