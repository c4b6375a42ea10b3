"""Queries whose plan reads a whole table for a condition that no index serves.

The tables of the replay are empty, so what the planner chooses among indexes means nothing. But where sequential scans
cost too much to choose (``enable_seqscan = off``) and it reads all of a table nonetheless, it had no index to use. It
may then walk the primary key from end to end with a filter, which is the same; under LIMIT such a walk gives the order
that the query asks for, and stops early. What the tree does not show to be searched by a column alone is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_errorbudget.model.query_typing import UnindexedScan
from pytest_errorbudget.readers.apply_migrations import Connection
from pytest_errorbudget.readers.shapes.pipelined import plans
from pytest_errorbudget.readers.shapes.suspects import Suspect

_INDEX_SCANS = frozenset({"Index Scan", "Index Only Scan"})


def unindexed_scans(
    connection: Connection, suspects: Mapping[str, Sequence[Suspect]]
) -> Mapping[str, tuple[UnindexedScan, ...]]:
    """By query. Only those with suspects are planned."""
    asked = tuple(query for query, found in suspects.items() if found)
    result = {}
    for query, plan in zip(asked, plans(connection, asked), strict=True):
        whole = set(_read_whole(json.loads(plan)[0]["Plan"])) if plan is not None else set()
        result[query] = tuple(
            sorted(
                UnindexedScan(suspect.column, suspect.comparison.value)
                for suspect in suspects[query]
                if (suspect.column.schema, suspect.column.relation) in whole
            )
        )
    return result


def _read_whole(plan: Mapping[str, Any], limited: bool = False) -> Iterator[tuple[str, str]]:
    """The tables (schema, name) that are read from end to end with a filter."""
    kind = plan["Node Type"]
    if "Filter" in plan and "Relation Name" in plan:
        walked = kind in _INDEX_SCANS and "Index Cond" not in plan and not limited
        if kind == "Seq Scan" or walked:
            yield plan.get("Schema", "public"), plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _read_whole(part, limited or kind == "Limit")
