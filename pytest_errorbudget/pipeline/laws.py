"""The laws that windowing and counting obey, as hypothesis properties on the real aggregation.

Each law draws rows for one SLO: values around the limits of its predicates, times around window edges and before 1970,
copies that agree and copies that do not. A failing law prints the rows so that they can be pasted into a test.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.window import window_start
from pytest_errorbudget.pipeline.drawn_rows import LONG, REPLICAS, TENANTS, edge_rows, few_rows, many_rows
from pytest_errorbudget.readers.events.rows import CountRows, Engine, EventRow, predicate_columns_of, row_counter

EXAMPLES = 50
_OWN_PROFILES = frozenset({"default", "ci"})
"""The profiles that hypothesis takes by itself; any other was chosen, and so was its number of examples."""
PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
"""Explaining a failing example points at lines of this package, which say nothing of the events."""

_AS_OF_US = 1 << 60
_MOST_ROWS = 12

_SHIFT = st.integers(-LONG, LONG)


@dataclass(frozen=True, slots=True)
class Law:
    """One property. ``check`` tries it on examples and raises ``AssertionError`` with the rows that break it."""

    name: str
    statement: str
    check: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherEngine:
    """An engine that must count as the first one does, tried on ``examples`` tables of ``most_rows`` at most.

    ``phases`` are hypothesis': without the last ones, a table that is counted differently is shown as it was drawn."""

    name: str
    engine: Engine
    examples: int = EXAMPLES
    most_rows: int = 60
    phases: tuple[Phase, ...] = PHASES


def determinism_laws(
    slo: Slo, window_us: int, *, engine: Engine = row_counter, further: Sequence[FurtherEngine] = ()
) -> tuple[Law, ...]:
    """The laws for one SLO, the last ones that each further engine counts like the first. Raises ``ValueError`` where
    its predicate is not valid."""
    columns = predicate_columns_of(slo)
    rows = few_rows(columns, window_us, _MOST_ROWS)
    replica = st.sampled_from(REPLICAS)
    shards = st.lists(replica, min_size=_MOST_ROWS, max_size=_MOST_ROWS)
    copies = st.lists(st.tuples(st.integers(0, _MOST_ROWS - 1), replica), max_size=6)

    def law(name: str, statement: str, property: Callable[..., None], *drawn: st.SearchStrategy[Any]) -> Law:
        def check() -> None:
            with engine(slo, TENANTS) as count:
                limits = _limits(EXAMPLES, PHASES)
                _try(f"{property.__name__}_{slo.name}", limits, drawn, partial(property, count, window_us))

        return Law(name, statement, check)

    return (
        law("order", "the order of events does not matter", _order, rows, st.permutations(range(_MOST_ROWS))),
        law("duplication", "events that come twice count once", _duplication, rows, copies),
        law("sharding", "the shard that holds an event does not matter", _sharding, rows, copies, shards),
        law("partition", "every event is in exactly one window", _partition, edge_rows(columns, window_us)),
        law("sums", f"{LONG} short windows sum to a long one", _sums, rows),
        law("concatenation", "two ranges counted apart are the whole", _concatenation, edge_rows(columns, window_us)),
        law("scaling", "twice the same traffic burns at the same rate", _scaling, rows),
        law(
            "shift",
            "events and the moment of the run, later by whole windows, give the same later",
            _shift,
            rows,
            _SHIFT,
        ),
        *(_agreement(slo, window_us, engine, other) for other in further),
    )


def _agreement(slo: Slo, window_us: int, engine: Engine, other: FurtherEngine) -> Law:
    """Each example is a table of many rows: another engine answers one long question sooner than ten short ones."""
    drawn = (many_rows(predicate_columns_of(slo), window_us, other.most_rows), _moments(window_us))

    def check() -> None:
        with engine(slo, TENANTS) as count, other.engine(slo, TENANTS) as count_otherwise:
            agree = partial(_agree, other.name, count, count_otherwise, window_us)
            limits = _limits(other.examples, other.phases)
            _try(f"_agree_{other.name}_{slo.name}", limits, drawn, agree)

    return Law(f"engines agree: {other.name}", f"{other.name} counts as DuckDB does", check)


def _moments(window_us: int) -> st.SearchStrategy[int]:
    return st.sampled_from((_AS_OF_US, _AS_OF_US, _AS_OF_US, window_us, 0, -window_us))


def _limits(examples: int, phases: Sequence[Phase]) -> settings:
    """Within those of the current profile; the number of examples is the profile's if one was chosen."""
    name = settings.get_current_profile_name()
    profile = settings.get_profile(name)
    # `--hypothesis-verbosity=verbose` makes of `default` the profile `default-with-verbose-verbosity`
    most = examples if name.split("-with-")[0] in _OWN_PROFILES else profile.max_examples
    both = [phase for phase in profile.phases if phase in phases]
    return settings(deadline=None, max_examples=most, phases=both)


def _try(name: str, limits: settings, drawn: Sequence[st.SearchStrategy[Any]], property: Callable[..., None]) -> None:
    def example(values: tuple[Any, ...]) -> None:
        property(*values)

    # The database keeps an example under a digest of the function; a name of its own per law and SLO keeps the
    # examples of one apart from those of another. Hypothesis wants an identifier.
    example.__qualname__ = example.__name__ = re.sub(r"\W", "_", name)
    limits(given(st.tuples(*drawn))(example))()


def _agree(
    name: str, count: CountRows, count_otherwise: CountRows, window_us: int, rows: list[EventRow], as_of_us: int
) -> None:
    first, second = count(rows, window_us, as_of_us), count_otherwise(rows, window_us, as_of_us)
    if first != second:
        fewer = _of_one_window(rows, window_us, first, second)
        counts = count(fewer, window_us, as_of_us), count_otherwise(fewer, window_us, as_of_us)
        if counts[0] != counts[1]:
            rows, (first, second) = fewer, counts
        raise AssertionError(
            f"up to {as_of_us} µs\n{_pasted(rows)}\ncount as {_shown(first)} in DuckDB, and as {_shown(second)} "
            f"in {name}"
        )


def _of_one_window(
    rows: Sequence[EventRow], window_us: int, first: Sequence[Series], second: Sequence[Series]
) -> list[EventRow]:
    """All copies of the events that have one in the first window on which two counts differ."""
    one, other = _by_window(first, window_us), _by_window(second, window_us)
    differ = min((key for key in one.keys() | other.keys() if one.get(key) != other.get(key)), default=None)
    events = {
        (row.tenant, row.id)
        for row in rows
        if row.time_us is not None and (row.tenant, window_start(row.time_us, window_us)) == differ
    }
    return [row for row in rows if (row.tenant, row.id) in events]


def _order(count: CountRows, window_us: int, rows: list[EventRow], order: list[int]) -> None:
    shuffled = [rows[position] for position in order if position < len(rows)]
    _same("in another order", count, window_us, rows, shuffled)


def _duplication(count: CountRows, window_us: int, rows: list[EventRow], copied: list[tuple[int, str]]) -> None:
    _same("with copies of some events", count, window_us, rows, rows + _copies(rows, copied))


def _sharding(
    count: CountRows, window_us: int, rows: list[EventRow], copied: list[tuple[int, str]], shards: list[str]
) -> None:
    together = [replace(row, replica=REPLICAS[0]) for row in rows + _copies(rows, copied)]
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
    long_us = window_us * LONG
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
