"""Everything that one run gathered. Immutable; checks read nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.input_digest import InputDigest
from pytest_errorbudget.model.locked_tenants import KeptTenants
from pytest_errorbudget.model.migration import MigrationSet, RealReplay, StaticReplay
from pytest_errorbudget.model.partition_reads import PlannedReads
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Problem, Unchecked
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.sli_query import SliQuery
from pytest_errorbudget.model.snapshot import Snapshot
from pytest_errorbudget.model.threshold import LockedThresholds


@dataclass(frozen=True, slots=True, order=True)
class QueryKey:
    """A query by the item that stands for it."""

    path: str
    function: str
    ordinal: int


def sli_key(query: SliQuery) -> QueryKey:
    """A team's SLI query, among the queries that are prepared in every shape."""
    return QueryKey(query.path, "sli", query.number)


def sli_meant_key(query: SliQuery) -> QueryKey:
    """The same as it was read, in PostgreSQL's own SQL."""
    return QueryKey(query.path, "sli meant", query.number)


def sli_proposal_key(query: SliQuery) -> QueryKey:
    """The query that is proposed instead."""
    return QueryKey(query.path, "sli proposal", query.number)


def sli_narrowed_key(query: SliQuery) -> QueryKey:
    """The query that is proposed where partitions have to be left out."""
    return QueryKey(query.path, "sli narrowed", query.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTyping:
    """One query in one shape. ``verdict`` is ``None`` where it was not prepared, then ``unchecked`` says why.

    ``declared`` are the types that were declared for the parameters, ``None`` where PostgreSQL chose; empty where it
    chose all. ``undeclared`` is what it would be without them, where only they make PostgreSQL refuse it. ``reads`` is
    what its plans read, where they were asked for.
    """

    query: QueryKey
    verdict: Typed | Rejected | None
    unchecked: str | None = None
    declared: tuple[PgType | None, ...] = ()
    undeclared: Typed | None = None
    reads: PlannedReads | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeTyping:
    """All queries in one shape; ``shape`` is ``None`` for the newest replay of the migrations."""

    shape: str | None
    queries: tuple[QueryTyping, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFacts:
    """One set of migrations, and both replays of it: of a database that has the sets before it in whole."""

    migrations: MigrationSet
    static: StaticReplay | None = None
    replay: RealReplay | None = None

    @property
    def is_replayed(self) -> bool:
        """Whether the replay came to its end."""
        return self.replay is not None and self.replay.failure is None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """One database: its migrations, both replays, the snapshot of its tenants and how its queries type.

    The migrations are those of the tenants' own schema where there are several sets; ``base`` are the sets before.
    ``is_whole`` is false where one of these could not be read or replayed, so that nothing could be built on it.
    ``kept`` is there where a file says of the tenants what an earlier run read, and this run read them anew.
    """

    name: str
    migrations: MigrationSet | None = None
    static: StaticReplay | None = None
    replay: RealReplay | None = None
    snapshot: Snapshot | None = None
    typings: tuple[ShapeTyping, ...] = ()
    kept: KeptTenants | None = None
    base: tuple[SetFacts, ...] = ()
    is_whole: bool = True

    @property
    def sets(self) -> tuple[SetFacts, ...]:
        """All sets of migrations that were read, in the order in which they are applied."""
        own = self.migrations
        return (
            self.base if own is None else (*self.base, SetFacts(migrations=own, static=self.static, replay=self.replay))
        )

    @property
    def shared_schema(self) -> Schema:
        """What the sets before the tenants' own make."""
        replay = self.base[-1].replay if self.base else None
        return Schema() if replay is None else replay.newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``timings_us`` are how long each step took, by the name that the execution log gives it."""

    as_of_us: int | None
    databases: tuple[DatabaseFacts, ...]
    contracts: Contracts
    counts: Counts | None
    lock: LockedThresholds | None
    problems: tuple[Problem, ...]
    unchecked: tuple[Unchecked, ...]
    inputs: tuple[InputDigest, ...]
    timings_us: tuple[tuple[str, int], ...]
    sli_queries: tuple[SliQuery, ...] = ()
