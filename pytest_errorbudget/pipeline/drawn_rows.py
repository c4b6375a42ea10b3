"""Rows for the laws: values around the limits of an SLO's predicates, times around the edges of windows and before
1970, copies that agree and copies that do not."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, assert_never

from hypothesis import strategies as st

from pytest_errorbudget.readers.events.aggregation.predicate_columns import ColumnType, PredicateColumn
from pytest_errorbudget.readers.events.engines.rows import EventRow, Value

TENANTS = ("a", "b")
REPLICAS = ("0", "1", "2")
LONG = 12
"""How many short windows are a long one."""

_MOST_ROWS = 12
_FEW = ("1", "1", "2", "2", "3", None)
_PART = 10
_FAR = 1e300
_MANY = (*(str(number) for number in range(100)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What one try of the laws is about. ``rows`` are those of three events and of none, so that most are copies;
    ``single`` are of different events at the edges of windows. ``order`` and ``shards`` are for as many rows as there
    can be, ``copied`` are (place of a row, or behind the last one, and the shard of its copy), ``later`` is in windows.
    """

    rows: list[EventRow] = field(default_factory=list)
    single: list[EventRow] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    copied: list[tuple[int, str]] = field(default_factory=list)
    shards: list[str] = field(default_factory=list)
    later: int = 0


def examples(columns: Sequence[PredicateColumn], window_us: int, about: Collection[str]) -> st.SearchStrategy[Example]:
    """Examples of which only the fields in ``about`` are drawn: what nobody looks at makes shrinking long."""
    replica = st.sampled_from(REPLICAS)
    fields: dict[str, st.SearchStrategy[Any]] = {
        "rows": st.lists(_row(columns, window_us, _FEW), max_size=_MOST_ROWS),
        "single": _single_rows(columns, window_us),
        "order": st.permutations(range(_MOST_ROWS)),
        "copied": st.lists(st.tuples(st.integers(0, _MOST_ROWS - 1), replica), max_size=6),
        "shards": st.lists(replica, min_size=_MOST_ROWS, max_size=_MOST_ROWS),
        "later": st.integers(-LONG, LONG),
    }
    return st.builds(Example, **{name: drawn for name, drawn in fields.items() if name in about})


def many_rows(columns: Sequence[PredicateColumn], window_us: int, most: int) -> st.SearchStrategy[list[EventRow]]:
    """Rows of a hundred events, up to ``most`` and often half as many, for an engine on which every question is dear.
    In parts: one list would mostly be short, and one of a drawn length hardly gets shorter where it fails."""
    part = st.lists(_row(columns, window_us, _MANY), max_size=_PART)
    return st.tuples(*(part,) * (most // _PART)).map(lambda parts: list(chain.from_iterable(parts)))


def _single_rows(columns: Sequence[PredicateColumn], window_us: int) -> st.SearchStrategy[list[EventRow]]:
    """Rows of different events at the edges of windows: 1 µs before, at and 1 µs after."""
    rows = st.lists(
        st.tuples(_times(window_us), st.sampled_from(TENANTS), st.tuples(*map(_value, columns))), max_size=6
    )
    return rows.map(
        lambda drawn: [
            EventRow(tenant=tenant, id=str(number), time_us=time, replica="0", values=values)
            for number, (time, tenant, values) in enumerate(drawn)
        ]
    )


def _row(columns: Sequence[PredicateColumn], window_us: int, ids: Sequence[str | None]) -> st.SearchStrategy[EventRow]:
    return st.builds(
        EventRow,
        tenant=st.sampled_from(TENANTS),
        id=st.sampled_from(ids),
        time_us=st.one_of(*(_times(window_us),) * 3, st.none()),
        replica=st.sampled_from(REPLICAS),
        values=st.tuples(*map(_value, columns)),
    )


def _times(window_us: int) -> st.SearchStrategy[int]:
    edges = st.sampled_from([window * window_us for window in (-LONG, -1, 0, 1, LONG)])
    near = st.builds(lambda edge, away: edge + away, edges, st.sampled_from((-1, 0, 1)))
    return st.one_of(near, st.integers(-2 * LONG * window_us, 2 * LONG * window_us))


def _value(column: PredicateColumn) -> st.SearchStrategy[Value]:
    match column.type:
        case ColumnType.TRUTH:
            return st.sampled_from((True, False, None))
        case ColumnType.TEXT:
            return st.sampled_from((*map(str, column.literals), "", "other", None))
        case ColumnType.NUMBER:
            limits = [int(literal) for literal in column.literals] or [0]
            return st.sampled_from((*sorted({limit + n for limit in limits for n in (-1, 0, 1)}), None))
        case ColumnType.REAL:
            near = {math.nextafter(float(limit), float(to)) for limit in column.literals for to in (-_FAR, limit, _FAR)}
            return st.sampled_from((*sorted(near), None))
        case _:
            assert_never(column.type)
