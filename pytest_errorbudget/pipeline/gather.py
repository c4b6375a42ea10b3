"""From settings to facts. Every door is opened here, each once; a door that stays shut is a problem, and the rest
goes on."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.facts import DatabaseFacts, Facts
from pytest_errorbudget.model.formats.moment import moment_us
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.progress import Told
from pytest_errorbudget.model.run import StepName
from pytest_errorbudget.model.sli_query import SliQuery
from pytest_errorbudget.model.threshold import LockedThresholds
from pytest_errorbudget.pipeline.databases import read_database, type_database
from pytest_errorbudget.pipeline.gathering import Gathering
from pytest_errorbudget.pipeline.inputs import input_digests
from pytest_errorbudget.pipeline.quarters import in_quarters
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.servers import Servers
from pytest_errorbudget.pipeline.stopwatch import Clock, Stopwatch, monotonic_us

Progress = Callable[[Told], None]


def gather(request: Request, progress: Progress, clock: Clock = monotonic_us) -> Facts:
    """Read everything that the asked steps need, telling ``progress`` of each step as it begins, and of long ones.

    Servers that were started are gone when this returns, however it returns.
    """
    settings = request.project.settings
    gathering = Gathering(request, unchecked=list(settings.unchecked))
    watch = Stopwatch(clock, {})
    lock = _lock(gathering)
    databases: tuple[DatabaseFacts, ...] = ()
    contracts, counts = Contracts(), None
    sli_queries: tuple[SliQuery, ...] = ()
    with ExitStack() as stack:
        servers = Servers(stack, settings.replay)
        for step in (step for step in StepName if step in request.asked):
            progress(step)
            with watch.step(step):
                match step:
                    case StepName.SCHEMA_INTROSPECTION:
                        databases = tuple(read_database(gathering, servers, each) for each in settings.databases)
                    case StepName.RUST_CONTRACT_VALIDATION:
                        contracts = _contracts(gathering)
                    case StepName.SLI_BURN_RATE_COMPUTATION:
                        counts = _counts(gathering, servers, lock, progress)
                    case StepName.CONTRACT_MISMATCH_DETECTION:
                        sli_queries = _sli_queries(gathering, databases)
                        asked = (contracts, sli_queries)
                        databases = tuple(type_database(gathering, servers, each, *asked) for each in databases)
                    case StepName.THRESHOLD_GENERATION:
                        pass  # made from the counts and the lock, both of which are here
    return Facts(
        as_of_us=_moment(request, lock) if counts is None else counts.as_of_us,
        databases=databases,
        contracts=contracts,
        counts=counts,
        lock=lock,
        problems=tuple(gathering.problems),
        unchecked=tuple(gathering.unchecked),
        inputs=input_digests(request.project, databases, contracts, counts),
        timings_us=watch.timings_us,
        sli_queries=sli_queries,
    )


def _contracts(gathering: Gathering) -> Contracts:
    from pytest_errorbudget.readers.result_cache import users_cache
    from pytest_errorbudget.readers.rust import read_contracts

    project = gathering.request.project
    nothing: tuple[Contracts, tuple[Problem, ...]] = (Contracts(), ())
    named = {service: database.span for database in project.settings.databases for service in database.services}
    contracts, problems = gathering.attempt(
        lambda: read_contracts(project.root, project.settings.manifest, tuple(named), kept=users_cache()), nothing
    )
    gathering.problems.extend(
        gathering.placed(problem, named.get(problem.place.rpartition("::")[2])) for problem in problems
    )
    return _with_records(gathering, contracts)


def _with_records(gathering: Gathering, contracts: Contracts) -> Contracts:
    """What sqlx keeps of its macros, beside the manifests of the workspace and of its packages."""
    from pytest_errorbudget.readers.sqlx_records import read_sqlx_records

    project = gathering.request.project
    manifests = (project.settings.manifest, *(crate.manifest for crate in contracts.crates))
    records, unread = read_sqlx_records(project.root, manifests)
    gathering.unchecked.extend(unread)
    return replace(contracts, records=records)


def _sli_queries(gathering: Gathering, databases: tuple[DatabaseFacts, ...]) -> tuple[SliQuery, ...]:
    project = gathering.request.project
    if not project.settings.sli_queries:
        return ()
    from pytest_errorbudget.pipeline.sli import with_proposals
    from pytest_errorbudget.readers.sli.queries import read_sli_queries

    queries, problems = read_sli_queries(project.root, project.settings.sli_queries)
    gathering.problems.extend(problems)
    return with_proposals(queries, databases, project.settings)


def _lock(gathering: Gathering) -> LockedThresholds | None:
    from pytest_errorbudget.readers.lock_file import read_lock

    locked, problems = read_lock(gathering.request.project.lock)
    gathering.problems.extend(problems)
    return locked


def _moment(request: Request, lock: LockedThresholds | None) -> int | None:
    """The flag's moment, else the lock's (which an update does not hold on to), else the data's own watermark."""
    if request.as_of is not None:
        return moment_us(request.as_of)
    return None if lock is None or request.update else lock.as_of_us


def _counts(gathering: Gathering, servers: Servers, lock: LockedThresholds | None, progress: Progress) -> Counts | None:
    project = gathering.request.project
    settings = project.settings
    if not settings.events or not settings.slos:
        return None
    from pytest_errorbudget.pipeline.kept_counts import ENTRIES, kept_counts
    from pytest_errorbudget.readers.events.kept import Kept
    from pytest_errorbudget.readers.kept_places import kept_folder
    from pytest_errorbudget.readers.result_cache import ResultCache

    folder, as_of_us, threads = kept_folder(), _moment(gathering.request, lock), os.cpu_count() or 1

    def count() -> tuple[Counts | None, tuple[Problem, ...]]:
        from pytest_errorbudget.pipeline.engines import further_engines
        from pytest_errorbudget.readers.events.counting import count_events

        return count_events(
            project.root,
            settings.events,
            settings.slos,
            settings.customers,
            window_us=settings.counted_us,
            as_of_us=as_of_us,
            threads=threads,
            memory_mib=settings.memory_mib,
            further=further_engines(settings.engines, servers),
            kept=folder / "events",
            told=in_quarters(progress),
        )

    asked = (settings.slos, settings.customers, settings.counted_us, as_of_us, threads, settings.engines)
    counts, problems = kept_counts(
        ResultCache(folder / "counts", ENTRIES), Kept(folder / "events"), project.root, settings.events, asked, count
    )
    gathering.problems.extend(problems)
    return counts
