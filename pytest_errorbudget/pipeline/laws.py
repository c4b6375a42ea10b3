"""The laws that windowing and counting obey.

Each law is a property of one example: it says which tables it wants counted, is sent the counts, and is broken where
it raises ``AssertionError``, with rows that can be pasted into a test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.window import window_start
from pytest_errorbudget.pipeline.drawn_rows import LONG, REPLICAS, Example
from pytest_errorbudget.pipeline.law_tables import AS_OF_US, Counts, Table
from pytest_errorbudget.readers.events.engines.rows import EventRow

Asking = Generator[tuple[Table, ...], Sequence[Counts], None]
"""Gives the tables once, and is sent the counts of each."""
Property = Callable[[int, Example], Asking]
"""Of the width of windows in µs and an example."""


@dataclass(frozen=True, slots=True)
class Law:
    """``about`` are the fields of an example that it looks at."""

    name: str
    statement: str
    about: tuple[str, ...] = ()


class BrokenLaw(AssertionError):
    """A law that does not hold; the text is the example."""

    def __init__(self, law: Law, example: str) -> None:
        super().__init__(example)
        self.law = law


def _order(window_us: int, example: Example) -> Asking:
    rows = example.rows
    shuffled = [rows[position] for position in example.order if position < len(rows)]
    yield from _same("in another order", window_us, rows, shuffled)


def _duplication(window_us: int, example: Example) -> Asking:
    yield from _same("with copies of some events", window_us, example.rows, example.rows + _copies(example))


def _sharding(window_us: int, example: Example) -> Asking:
    shards = example.shards
    together = [replace(row, replica=REPLICAS[0]) for row in example.rows + _copies(example)]
    dealt = [replace(row, replica=shard) for row, shard in zip(together, shards, strict=False)]
    dealt += together[len(shards) :]
    yield from _same("in other shards", window_us, together, sorted(dealt, key=lambda row: row.replica))


def _copies(example: Example) -> list[EventRow]:
    rows = example.rows
    if not rows:
        return []
    return [replace(rows[position % len(rows)], replica=replica) for position, replica in example.copied]


def _partition(window_us: int, example: Example) -> Asking:
    """One row each in a table of its own says which rows are valid; all of them together must count the same."""
    rows = example.single
    counts, *ones = yield (_table(rows, window_us), *(_table([row], window_us, apart=1) for row in rows))
    alone = Counter[tuple[str, int]]()
    for row, one in zip(rows, ones, strict=True):
        for series in one:
            expected = (window_start(row.time_us or 0, window_us),)
            if series.starts_us != expected or series.valid != (1,):
                raise AssertionError(
                    f"an event at {row.time_us} µs counts {series.valid} times in windows {series.starts_us}, "
                    f"not once in {expected}:\n{pasted([row])}"
                )
            alone[series.tenant, expected[0]] += 1
    together = Counter(
        {
            (series.tenant, start): valid
            for series in counts
            for start, valid in zip(series.starts_us, series.valid, strict=True)
        }
    )
    if alone != together:
        raise AssertionError(f"{together} events by window, and {alone} one by one:\n{pasted(rows)}")


def _sums(window_us: int, example: Example) -> Asking:
    rows, long_us = example.rows, window_us * LONG
    short, long = yield _table(rows, window_us), _table(rows, long_us)
    summed = by_window(short, long_us)
    direct = by_window(long, long_us)
    if summed != direct:
        raise AssertionError(
            f"short windows sum to {summed}, and the long ones are {direct} "
            f"((valid, bad) by tenant and start):\n{pasted(rows)}"
        )


def _concatenation(window_us: int, example: Example) -> Asking:
    """Ranges meet at the edge of a window, and a later run counts the late one. Events without copies: one whose copies
    disagree about its time has a copy in each range, and is one event of the whole."""
    rows = example.single
    early = [row for row in rows if row.time_us is not None and row.time_us < 0]
    late = [row for row in rows if row.time_us is not None and row.time_us >= 0]
    counts, first, second = yield (
        _table(rows, window_us),
        _table(early, window_us, apart=1),
        _later_table(late, window_us, example.later * window_us),
    )
    apart, whole = by_window((*first, *second), window_us), by_window(counts, window_us)
    if apart != whole:
        raise AssertionError(f"two ranges count {apart}, and the whole {whole}:\n{pasted(rows)}")


def _scaling(window_us: int, example: Example) -> Asking:
    rows = example.rows
    again = [replace(row, id=f"{row.id} again") for row in rows if row.id is not None]
    first, second = yield _table(rows, window_us), _table(rows + again, window_us, apart=1)
    once, twice = by_window(first, window_us), by_window(second, window_us)
    if {key: (2 * valid, 2 * bad) for key, (valid, bad) in once.items()} != twice:
        raise AssertionError(f"once it counts {once}, and twice {twice}:\n{pasted(rows)}")


def _shift(window_us: int, example: Example) -> Asking:
    rows, later_us = example.rows, example.later * window_us
    moved = [row if row.time_us is None else replace(row, time_us=row.time_us + later_us) for row in rows]
    first, second = yield _table(rows, window_us), _later_table(moved, window_us, later_us)
    here, there = by_window(first, window_us), by_window(second, window_us)
    if {(tenant, start + later_us): sums for (tenant, start), sums in here.items()} != there:
        raise AssertionError(f"it counts {here}, and {example.later} windows later {there}:\n{pasted(rows)}")


def forms_agree(names: Sequence[str]) -> Property:
    """The property of ``FORMS``, of up to three forms that are called so, such as "in one look". The third one is asked
    of the moment that other laws ask it of as well, which is behind all rows."""

    def agree(window_us: int, example: Example) -> Asking:
        both = [example.rows + _copies(example), example.single]
        tables = [(_table(rows, window_us), _table(rows, window_us, apart=1)) for rows in both]
        tables_later = [_later_table(rows, window_us, example.later * window_us) for rows in both]
        found = yield (*chain.from_iterable(tables), *tables_later)
        for rows, in_forms in zip(both, ((*found[:2], found[4]), (*found[2:4], found[5])), strict=True):
            for name, counts in zip(names[1:], in_forms[1:], strict=False):
                if counts != in_forms[0]:
                    first = f"{pasted(rows)}\ncount as {shown(in_forms[0])} {names[0]}"
                    raise AssertionError(f"{first}, and as {shown(counts)} {name}")

    return agree


LAWS: dict[Law, Property] = {
    Law("order", "the order of events does not matter", ("rows", "order")): _order,
    Law("duplication", "events that come twice count once", ("rows", "copied")): _duplication,
    Law("sharding", "the shard that holds an event does not matter", ("rows", "copied", "shards")): _sharding,
    Law("partition", "every event is in exactly one window", ("single",)): _partition,
    Law("sums", f"{LONG} short windows sum to a long one", ("rows",)): _sums,
    Law("concatenation", "two ranges counted apart are the whole", ("single", "later")): _concatenation,
    Law("scaling", "twice the same traffic burns at the same rate", ("rows",)): _scaling,
    Law(
        "shift",
        "events and the moment of the run, later by whole windows, give the same later",
        ("rows", "later"),
    ): _shift,
}
FORMS = Law(
    "forms agree", "every form in which events are counted counts the same", ("rows", "copied", "single", "later")
)
"""About a source that is counted in several; its property is ``forms_agree``."""


def _same(how: str, window_us: int, rows: Sequence[EventRow], others: Sequence[EventRow]) -> Asking:
    first, second = yield _table(rows, window_us), _table(others, window_us, apart=1)
    if first != second:
        raise AssertionError(
            f"the counts differ {how}:\n{pasted(rows)}\ncount as {shown(first)}, and\n{pasted(others)}\n"
            f"count as {shown(second)}"
        )


def _table(rows: Iterable[EventRow], window_us: int, *, apart: int = 0) -> Table:
    return Table(rows=tuple(rows), window_us=window_us, apart=apart)


def _later_table(rows: Iterable[EventRow], window_us: int, later_us: int) -> Table:
    return Table(rows=tuple(rows), window_us=window_us, as_of_us=AS_OF_US + later_us, apart=2)


def by_window(found: Sequence[Series], width_us: int) -> dict[tuple[str, int], tuple[int, int]]:
    """(Valid, bad) by tenant and start of the windows of ``width_us``."""
    sums: dict[tuple[str, int], tuple[int, int]] = {}
    for series in found:
        for start, valid, bad in zip(series.starts_us, series.valid, series.bad, strict=True):
            key = (series.tenant, window_start(start, width_us))
            before = sums.get(key, (0, 0))
            sums[key] = (before[0] + valid, before[1] + bad)
    return sums


def pasted(rows: Sequence[EventRow]) -> str:
    return "[\n" + "".join(f"    {row!r},\n" for row in rows) + "]"


def shown(found: Sequence[Series]) -> str:
    return (
        "; ".join(f"tenant {one.tenant}: starts {one.starts_us}, valid {one.valid}, bad {one.bad}" for one in found)
        or "nothing"
    )
