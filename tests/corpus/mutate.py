"""Whether planted faults are found in a checkout: one change at a time in the schema or in a Rust type.

    python tests/corpus/mutate.py CHECKOUT ... [--migrations FOLDER] [--services CRATE ...] [--most N] [--misses]

Fetches nothing and writes nothing into the checkout. A change of the schema is what one more migration would do, run in
a transaction that is rolled back; a change of a Rust type is made to what was read. What a mutant is to break is said
by ``expected.py`` from the text of the queries and from PostgreSQL's word on their columns before the change, and not
by the rules. *Found* is an error (of an enum's labels a warning too) that was not there before, at one of the queries,
fields or declarations that the mutant breaks.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from contracts import narrowed, run_of
from expected import Expected, Mutant, rust_mutants, schema_mutants

from pytest_errorbudget.checks.contracts import contract_findings, scope_of
from pytest_errorbudget.checks.contracts.declared import declared_types
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts, Facts, QueryKey, ShapeTyping
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.migration import MigrationSet
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.readers.apply_migrations import apply_files, bookkeeping_table, create_bookkeeping
from pytest_errorbudget.readers.catalog import read_all
from pytest_errorbudget.readers.scratch import ScratchServer, scratch_server
from pytest_errorbudget.readers.shapes import Query, ShapeRequest, type_queries


@dataclass(slots=True)
class Tally:
    """What became of the mutants of one kind."""

    made: int = 0
    wrong: int = 0
    found: int = 0
    alarms: int = 0
    misses: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A checkout before any change."""

    project: Project
    facts: Facts
    database: DatabaseFacts
    before: frozenset[tuple[Rule, str, str]]

    def judged(
        self, contracts: Contracts, schema: Schema, typing: ShapeTyping
    ) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
        replay = self.database.replay
        assert replay is not None
        newest = replace(replay.versions[-1], schema=schema)
        replayed = replace(replay, versions=(*replay.versions[:-1], newest))
        database = replace(self.database, replay=replayed, typings=(typing,))
        services = self.project.settings.databases[0].services
        found, unchecked = contract_findings(contracts, database, scope_of(database, (), services))
        return tuple(f for f in found if (f.rule, f.place, f.message) not in self.before), unchecked


def bench_of(project: Project) -> Bench:
    facts, run = run_of(project)
    (database,) = facts.databases
    if database.replay is None or database.replay.failure is not None:
        raise SystemExit(f"{project.root}: the migrations could not be replayed")
    before = frozenset((f.rule, f.place, f.message) for f in run.findings)
    return Bench(project=project, facts=facts, database=database, before=before)


def _queries(bench: Bench) -> tuple[Query, ...]:
    services, contracts = bench.project.settings.databases[0].services, bench.facts.contracts
    replay = bench.database.replay
    assert replay is not None
    declared = declared_types(contracts, replay.newest)
    return tuple(
        Query(QueryKey(query.path, query.function, query.ordinal), query.sql, declared(query))
        for query in contracts.queries
        if query.sql is not None and (not services or query.crate in services)
    )


def _schemas(server: ScratchServer, migrations: MigrationSet, mutants: list[Mutant]) -> dict[str, Schema]:
    """The schema after each change that PostgreSQL makes."""
    changed: dict[str, Schema] = {}
    with server.database() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
        create_bookkeeping(connection, migrations)
        apply_files(connection, migrations, migrations.files)
        for mutant in mutants:
            connection.execute("begin")
            try:
                for statement in mutant.statements:
                    connection.execute(statement.encode(), prepare=False)
                changed[mutant.name] = read_all(connection, bookkeeping_table(migrations))
            except psycopg.Error:
                pass  # a view, a key or a default stands in the way: no mutant
            finally:
                connection.execute("rollback")
    return changed


def of_schema(bench: Bench, server: ScratchServer, most: int, chance: random.Random) -> Iterator[tuple[Mutant, Said]]:
    migrations = bench.database.migrations
    assert migrations is not None
    mutants = _chosen(schema_mutants(bench.facts, bench.database), most, chance)
    schemas = _schemas(server, migrations, mutants)
    mutants = [mutant for mutant in mutants if mutant.name in schemas]
    requests = [ShapeRequest(digest=mutant.name, mending=mutant.statements) for mutant in mutants]
    typings = type_queries(server, migrations, requests, _queries(bench))
    for mutant, typing in zip(mutants, typings, strict=True):
        said = bench.judged(bench.facts.contracts, schemas[mutant.name], replace(typing, shape=None))
        yield mutant.breaking(_giving_null(mutant, typing)) if mutant.nullable is not None else mutant, said


def of_rust(bench: Bench, most: int, chance: random.Random) -> Iterator[tuple[Mutant, Said]]:
    replay = bench.database.replay
    assert replay is not None
    (typing,) = bench.database.typings or (ShapeTyping(shape=None, queries=()),)
    for mutant in _chosen(rust_mutants(bench.facts, bench.database), most, chance):
        assert mutant.contracts is not None
        yield mutant, bench.judged(mutant.contracts, replay.newest, typing)


def _giving_null(mutant: Mutant, typing: ShapeTyping) -> frozenset[QueryKey]:
    """The queries in which the column may be NULL now."""
    return frozenset(
        each.query
        for each in typing.queries
        if isinstance(each.verdict, Typed)
        and any(c.origin == mutant.nullable and c.nullable is not False for c in each.verdict.columns)
    )


Said = tuple[tuple[Finding, ...], tuple[Unchecked, ...]]


def _chosen(mutants: Iterator[Mutant], most: int, chance: random.Random) -> list[Mutant]:
    """At most so many of each kind, those that break something first."""
    by_kind: defaultdict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        by_kind[mutant.kind].append(mutant)
    chosen: list[Mutant] = []
    for kind in sorted(by_kind):
        every = sorted(by_kind[kind], key=lambda each: each.name)
        chance.shuffle(every)
        every.sort(key=lambda each: not each.expected.places)
        chosen += every[:most]
    return chosen


def _is_found(finding: Finding, expected: Expected) -> bool:
    least = Severity.WARNING if finding.rule is Rule.RUST_ENUM_LABELS else Severity.ERROR
    return finding.severity.rank >= least.rank and any(
        finding.place == place or finding.place.startswith(f"{place}.") for place in expected.places
    )


def _count(tally: Tally, mutant: Mutant, said: Said) -> None:
    findings, unchecked = said
    tally.made += 1
    expected = mutant.expected
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not expected.places:
        tally.alarms += bool(errors) and expected.is_sure
        tally.misses += [f"{mutant.name}: unexpected {e.rule.id} {e.place}: {e.message}" for e in errors[:1]]
        return
    tally.wrong += 1
    if any(_is_found(finding, expected) for finding in findings):
        tally.found += 1
        return
    reason = _reason(expected, errors, unchecked)
    tally.reasons[reason] += 1
    tally.misses.append(f"{mutant.name}: {reason}; expected at {sorted(expected.places)[:2]}")


def _reason(expected: Expected, errors: list[Finding], unchecked: tuple[Unchecked, ...]) -> str:
    for entry in unchecked:
        if any(entry.place == place or entry.place.startswith(f"{place}.") for place in expected.places):
            return f"unchecked: {entry.reason}"
    if errors:
        return f"found at another place ({errors[0].place})"
    return "not found"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, nargs="+")
    parser.add_argument("--migrations", help="the folder of one database's migrations, relative to the checkout")
    parser.add_argument("--services", nargs="*", default=(), help="the crates that speak to it; without: all")
    parser.add_argument("--most", type=int, default=25, help="mutants of a kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", action="store_true", help="list every mutant that was not found")
    options = parser.parse_args()
    with ExitStack() as stack:
        for checkout in options.checkout:
            project = narrowed(checkout.resolve(), options.migrations, tuple(options.services))
            bench = bench_of(project)
            server = stack.enter_context(scratch_server(project.settings.replay))
            tallies: defaultdict[str, Tally] = defaultdict(Tally)
            chance = random.Random(options.seed)
            for mutant, said in (
                *of_schema(bench, server, options.most, chance),
                *of_rust(bench, options.most, chance),
            ):
                _count(tallies[mutant.kind], mutant, said)
            _show(checkout.name, tallies, options.misses)
    return 0


def _show(name: str, tallies: dict[str, Tally], misses: bool) -> None:
    for kind, tally in sorted(tallies.items()):
        sys.stdout.write(f"| {name} | {kind} | {tally.made} | {tally.wrong} | {tally.found} | {tally.alarms} |\n")
        if misses:
            sys.stdout.write("".join(f"    {line}\n" for line in tally.misses))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
