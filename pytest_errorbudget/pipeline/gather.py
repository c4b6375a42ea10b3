"""From settings to facts. Every door is opened here, each once; a door that stays shut is a problem, and the rest
goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import TypeVar

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.facts import DatabaseFacts, Facts, InputDigest
from pytest_errorbudget.model.problem import Problem, Unchecked, Unreadable
from pytest_errorbudget.model.run import StepName
from pytest_errorbudget.model.rust import Contracts
from pytest_errorbudget.model.threshold import LockedThresholds
from pytest_errorbudget.pipeline.databases import Servers, read_database, type_database
from pytest_errorbudget.pipeline.inputs import input_digests
from pytest_errorbudget.pipeline.moment import moment_us
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.steps import Steps

T = TypeVar("T")
Clock = Callable[[], int]
Progress = Callable[[StepName], None]


def monotonic_us() -> int:
    """Microseconds of a clock that only goes forward; used for durations, never for results."""
    return perf_counter_ns() // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a run is asked for. ``as_of`` is RFC 3339 text; ``update`` takes no moment from the lock."""

    project: Project
    asked: Steps
    as_of: str | None = None
    update: bool = False


@dataclass
class Gathering:
    """Facts under way."""

    request: Request
    progress: Progress
    clock: Clock
    problems: list[Problem] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)
    timings_us: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def step(self, name: StepName) -> Iterator[bool]:
        """Whether the step is asked for; its time is kept."""
        asked = name in self.request.asked
        began = self.clock()
        if asked:
            self.progress(name)
        yield asked
        if asked:
            self.timings_us[name.value] = self.clock() - began

    def attempt(self, read: Callable[[], T], otherwise: T) -> T:
        """What ``read`` gives, or ``otherwise`` with its problem kept."""
        try:
            return read()
        except Unreadable as error:
            self.problems.append(error.problem)
            return otherwise


def gather(request: Request, progress: Progress, clock: Clock = monotonic_us) -> Facts:
    """Read everything that the asked steps need. Servers that were started are gone when this returns."""
    gathering = Gathering(request, progress, clock)
    settings = request.project.settings
    gathering.unchecked.extend(settings.unchecked)
    with ExitStack() as stack:
        servers = Servers(stack, settings.replay)
        databases: tuple[DatabaseFacts, ...] = ()
        with gathering.step(StepName.SCHEMA_INTROSPECTION) as asked:
            if asked:
                databases = tuple(read_database(gathering, servers, database) for database in settings.databases)
        with gathering.step(StepName.RUST_CONTRACT_VALIDATION) as asked:
            contracts = _contracts(gathering) if asked else Contracts()
        lock = _lock(gathering)
        with gathering.step(StepName.SLI_BURN_RATE_COMPUTATION) as asked:
            counts = _counts(gathering, lock) if asked else None
        with gathering.step(StepName.CONTRACT_MISMATCH_DETECTION) as asked:
            if asked:
                databases = tuple(type_database(gathering, servers, facts, contracts) for facts in databases)
    return Facts(
        as_of_us=counts.as_of_us if counts is not None else _moment(request, lock),
        databases=databases,
        contracts=contracts,
        counts=counts,
        lock=lock,
        problems=tuple(gathering.problems),
        unchecked=tuple(sorted(set(gathering.unchecked), key=_unchecked_order)),
        inputs=_inputs(request, databases, contracts, counts),
        timings_us=tuple(gathering.timings_us.items()),
    )


def _contracts(gathering: Gathering) -> Contracts:
    from pytest_errorbudget.readers.rust import read_contracts

    project = gathering.request.project
    nothing: tuple[Contracts, tuple[Problem, ...]] = (Contracts(), ())
    contracts, problems = gathering.attempt(lambda: read_contracts(project.root, project.settings.manifest), nothing)
    gathering.problems.extend(problems)
    return contracts


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


def _counts(gathering: Gathering, lock: LockedThresholds | None) -> Counts | None:
    settings = gathering.request.project.settings
    if not settings.events or not settings.slos:
        return None
    from pytest_errorbudget.readers.events.duckdb import count_events

    counts, problems = count_events(
        gathering.request.project.root,
        settings.events,
        settings.slos,
        settings.customers,
        window_us=settings.window_us,
        as_of_us=_moment(gathering.request, lock),
        threads=os.cpu_count() or 1,
    )
    gathering.problems.extend(problems)
    return counts


def _inputs(
    request: Request, databases: tuple[DatabaseFacts, ...], contracts: Contracts, counts: Counts | None
) -> tuple[InputDigest, ...]:
    return input_digests(request.project, databases, contracts, counts)


def _unchecked_order(entry: Unchecked) -> tuple[str, str, str]:
    return entry.kind, entry.place, entry.reason
