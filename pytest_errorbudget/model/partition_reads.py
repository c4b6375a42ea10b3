"""How much of a partitioned table a query reads, as PostgreSQL's plans say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Pruning(Enum):
    """When partitions are left out."""

    AT_START = "before the first row, by the values that the query is given"
    WHILE_RUNNING = "by a value that another part of the query finds"
    BY_JOIN = "only if PostgreSQL joins row by row"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionReads:
    """A table that is partitioned by ``keys`` (columns and expressions, those of partitions' own partitions too).

    ``read`` of its ``of`` leaf partitions are in the plan for values of one of them. Where the schema has fewer than
    two, both are counts of partitions that were made to see it, and ``made`` says so.
    """

    schema: str
    relation: str
    keys: tuple[str, ...]
    read: int
    of: int
    pruning: Pruning
    made: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedReads:
    """What the plans of one query say; ``unplanned`` is why there is none, or none that says anything."""

    tables: tuple[PartitionReads, ...] = ()
    unplanned: str | None = None
