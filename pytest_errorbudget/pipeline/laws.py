"""The laws that windowing and counting obey, as hypothesis properties on the real aggregation.

Each law draws rows for one SLO: values around the limits of its predicates, times around window edges and before 1970,
copies that agree and copies that do not. A failing law prints the rows so that they can be pasted into a test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.window import window_start
from pytest_errorbudget.readers.events.rows import (
    ColumnType,
    CountRows,
    EventRow,
    PredicateColumn,
    Value,
    predicate_columns_of,
    row_counter,
)

EXAMPLES = 50
_TENANTS = ("a", "b")
_REPLICAS = ("0", "1", "2")
_AS_OF_US = 1 << 60
_LONG = 12
_MOST_ROWS = 12

_SHIFT = st.integers(-_LONG, _LONG)

Engine = Callable[[Slo, Sequence[str]], AbstractContextManager[CountRows]]


@dataclass(frozen=True, slots=True)
class Law:
    """One property. ``check`` tries it on examples and raises ``AssertionError`` with the rows that break it."""

    name: str
    statement: str
    check: Callable[[], None]


def determinism_laws(slo: Slo, window_us: int, *, engine: Engine = row_counter) -> tuple[Law, ...]:
    """The laws for one SLO. Raises ``ValueError`` where its predicate is not valid."""
    columns = predicate_columns_of(slo)
    rows = st.lists(_row(columns, window_us), max_size=_MOST_ROWS)
    replica = st.sampled_from(_REPLICAS)
    shards = st.lists(replica, min_size=_MOST_ROWS, max_size=_MOST_ROWS)
    copies = st.lists(st.tuples(st.integers(0, _MOST_ROWS - 1), replica), max_size=6)

    def law(name: str, statement: str, property: Callable[..., None], *drawn: st.SearchStrategy[Any]) -> Law:
        return Law(name, statement, lambda: _try(slo, engine, property, drawn, window_us))

    return (
        law("order", "the order of events does not matter", _order, rows, st.permutations(range(_MOST_ROWS))),
        law("duplication", "events that come twice count once", _duplication, rows, copies),
        law("sharding", "the shard that holds an event does not matter", _sharding, rows, copies, shards),
        law("partition", "every event is in exactly one window", _partition, _edge_rows(columns, window_us)),
        law("sums", f"{_LONG} short windows sum to a long one", _sums, rows),
        law("concatenation", "two ranges counted apart are the whole", _concatenation, _edge_rows(columns, window_us)),
        law("scaling", "twice the same traffic burns at the same rate", _scaling, rows),
        law(
            "shift",
            "events and the moment of the run, later by whole windows, give the same later",
            _shift,
            rows,
            _SHIFT,
        ),
    )


def _try(
    slo: Slo, engine: Engine, property: Callable[..., None], drawn: Sequence[st.SearchStrategy[Any]], window_us: int
) -> None:
    with engine(slo, _TENANTS) as count:

        def example(values: tuple[Any, ...]) -> None:
            property(count, window_us, *values)

        # The database keeps an example under a digest of the function; a name of its own per law and SLO keeps the
        # examples of one apart from those of another.
        example.__qualname__ = example.__name__ = f"{property.__name__}_{slo.name}"
        chosen = settings.get_current_profile_name() != "default"
        limits = settings(deadline=None) if chosen else settings(deadline=None, max_examples=EXAMPLES)
        limits(given(st.tuples(*drawn))(example))()


def _order(count: CountRows, window_us: int, rows: list[EventRow], order: list[int]) -> None:
    shuffled = [rows[position] for position in order if position < len(rows)]
    _same("in another order", count, window_us, rows, shuffled)


def _duplication(count: CountRows, window_us: int, rows: list[EventRow], copied: list[tuple[int, str]]) -> None:
    _same("with copies of some events", count, window_us, rows, rows + _copies(rows, copied))


def _sharding(
    count: CountRows, window_us: int, rows: list[EventRow], copied: list[tuple[int, str]], shards: list[str]
) -> None:
    together = [replace(row, replica=_REPLICAS[0]) for row in rows + _copies(rows, copied)]
    dealt = [replace(row, replica=shard) for row, shard in zip(together, shards, strict=False)]
    dealt += together[len(shards) :]
    _same("in other shards", count, window_us, together, sorted(dealt, key=lambda row: row.replica))


def _copies(rows: list[EventRow], copied: list[tuple[int, str]]) -> list[EventRow]:
    return [replace(rows[position % len(rows)], replica=replica) for position, replica in copied] if rows else []


def _partition(count: CountRows, window_us: int, rows: list[EventRow]) -> None:
    """One row each in a table of its own says which rows are valid; all of them together must count the same."""
    alone = Counter[tuple[str, int]]()
    for row in rows:
        for series in count([row], window_us, _AS_OF_US):
            expected = (window_start(row.time_us or 0, window_us),)
            if series.starts_us != expected or series.valid != (1,):
                raise AssertionError(
                    f"an event at {row.time_us} µs counts {series.valid} times in windows {series.starts_us}, "
                    f"not once in {expected}:\n{_pasted([row])}"
                )
            alone[series.tenant, expected[0]] += 1
    together = Counter(
        {
            (series.tenant, start): valid
            for series in count(rows, window_us, _AS_OF_US)
            for start, valid in zip(series.starts_us, series.valid, strict=True)
        }
    )
    if alone != together:
        raise AssertionError(f"{together} events by window, and {alone} one by one:\n{_pasted(rows)}")


def _sums(count: CountRows, window_us: int, rows: list[EventRow]) -> None:
    long_us = window_us * _LONG
    short, long = count(rows, window_us, _AS_OF_US), count(rows, long_us, _AS_OF_US)
    summed = _by_window(short, long_us)
    direct = _by_window(long, long_us)
    if summed != direct:
        raise AssertionError(
            f"short windows sum to {summed}, and the long ones are {direct} "
            f"((valid, bad) by tenant and start):\n{_pasted(rows)}"
        )


def _concatenation(count: CountRows, window_us: int, rows: list[EventRow]) -> None:
    """Ranges meet at the edge of a window. Events without copies: one whose copies disagree about its time has a copy
    in each range, and is one event of the whole."""
    early = [row for row in rows if row.time_us is not None and row.time_us < 0]
    late = [row for row in rows if row.time_us is not None and row.time_us >= 0]
    apart = _by_window((*count(early, window_us, _AS_OF_US), *count(late, window_us, _AS_OF_US)), window_us)
    whole = _by_window(count(rows, window_us, _AS_OF_US), window_us)
    if apart != whole:
        raise AssertionError(f"two ranges count {apart}, and the whole {whole}:\n{_pasted(rows)}")


def _scaling(count: CountRows, window_us: int, rows: list[EventRow]) -> None:
    again = [replace(row, id=f"{row.id} again") for row in rows if row.id is not None]
    once = _by_window(count(rows, window_us, _AS_OF_US), window_us)
    twice = _by_window(count(rows + again, window_us, _AS_OF_US), window_us)
    if {key: (2 * valid, 2 * bad) for key, (valid, bad) in once.items()} != twice:
        raise AssertionError(f"once it counts {once}, and twice {twice}:\n{_pasted(rows)}")


def _shift(count: CountRows, window_us: int, rows: list[EventRow], windows: int) -> None:
    later_us = windows * window_us
    moved = [row if row.time_us is None else replace(row, time_us=row.time_us + later_us) for row in rows]
    here = _by_window(count(rows, window_us, _AS_OF_US), window_us)
    there = _by_window(count(moved, window_us, _AS_OF_US + later_us), window_us)
    if {(tenant, start + later_us): sums for (tenant, start), sums in here.items()} != there:
        raise AssertionError(f"it counts {here}, and {windows} windows later {there}:\n{_pasted(rows)}")


def _by_window(found: Sequence[Series], width_us: int) -> dict[tuple[str, int], tuple[int, int]]:
    sums: dict[tuple[str, int], tuple[int, int]] = {}
    for series in found:
        for start, valid, bad in zip(series.starts_us, series.valid, series.bad, strict=True):
            key = (series.tenant, window_start(start, width_us))
            before = sums.get(key, (0, 0))
            sums[key] = (before[0] + valid, before[1] + bad)
    return sums


def _same(how: str, count: CountRows, window_us: int, rows: list[EventRow], others: list[EventRow]) -> None:
    first, second = count(rows, window_us, _AS_OF_US), count(others, window_us, _AS_OF_US)
    if first != second:
        raise AssertionError(
            f"the counts differ {how}:\n{_pasted(rows)}\ncount as {_shown(first)}, and\n{_pasted(others)}\n"
            f"count as {_shown(second)}"
        )


def _pasted(rows: Sequence[EventRow]) -> str:
    return "[\n" + "".join(f"    {row!r},\n" for row in rows) + "]"


def _shown(found: Sequence[Series]) -> str:
    return (
        "; ".join(f"tenant {one.tenant}: starts {one.starts_us}, valid {one.valid}, bad {one.bad}" for one in found)
        or "nothing"
    )


def _row(columns: Sequence[PredicateColumn], window_us: int) -> st.SearchStrategy[EventRow]:
    return st.builds(
        EventRow,
        tenant=st.sampled_from(_TENANTS),
        id=st.sampled_from(("1", "1", "2", "2", "3", None)),
        time_us=st.one_of(*(_times(window_us),) * 3, st.none()),
        replica=st.sampled_from(_REPLICAS),
        values=st.tuples(*map(_value, columns)),
    )


def _edge_rows(columns: Sequence[PredicateColumn], window_us: int) -> st.SearchStrategy[list[EventRow]]:
    """Rows of different events at the edges of windows: 1 µs before, at and 1 µs after."""
    rows = st.lists(
        st.tuples(_times(window_us), st.sampled_from(_TENANTS), st.tuples(*map(_value, columns))), max_size=6
    )
    return rows.map(
        lambda drawn: [
            EventRow(tenant=tenant, id=str(number), time_us=time, replica="0", values=values)
            for number, (time, tenant, values) in enumerate(drawn)
        ]
    )


def _times(window_us: int) -> st.SearchStrategy[int]:
    edges = st.sampled_from([window * window_us for window in (-_LONG, -1, 0, 1, _LONG)])
    near = st.builds(lambda edge, away: edge + away, edges, st.sampled_from((-1, 0, 1)))
    return st.one_of(near, st.integers(-2 * _LONG * window_us, 2 * _LONG * window_us))


def _value(column: PredicateColumn) -> st.SearchStrategy[Value]:
    match column.type:
        case ColumnType.TRUTH:
            return st.sampled_from((True, False, None))
        case ColumnType.TEXT:
            return st.sampled_from((*map(str, column.literals), "", "other", None))
        case ColumnType.NUMBER:
            limits = [int(literal) for literal in column.literals] or [0]
            return st.sampled_from((*sorted({limit + n for limit in limits for n in (-1, 0, 1)}), None))
