"""The tables that laws want counted, many of them in one question: on a table of ten rows and on one of a hundred, an
engine spends nearly all its time on understanding what it is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.pipeline.drawn_rows import TENANTS
from pytest_errorbudget.readers.events.engines.rows import CountRows, EventRow

AS_OF_US = 1 << 60
_AT_ONCE = 12

Counts = tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows to be counted in windows of ``window_us``. Tables that differ in ``apart`` are never in one question: what
    an engine makes of a whole table, and not of a tenant, must not be the same for both sides of a law. They are
    counted in the form at that place among those of their source, or in the last one."""

    rows: tuple[EventRow, ...]
    window_us: int
    as_of_us: int = AS_OF_US
    apart: int = 0


def tenants_at_once() -> tuple[str, ...]:
    """What the tenants of the tables in one question are called: no table has a tenant of another."""
    return tuple(_called(place, tenant) for place in range(_AT_ONCE) for tenant in TENANTS)


def count_at_once(forms: Sequence[CountRows], tables: Iterable[Table]) -> dict[Table, Counts]:
    """In as few questions as can be. Each of ``forms`` knows ``tenants_at_once``."""
    alike = defaultdict[tuple[int, int, int], list[Table]](list)
    for table in dict.fromkeys(tables):
        alike[table.apart, table.window_us, table.as_of_us].append(table)
    found: dict[Table, Counts] = {}
    for some in alike.values():
        for begin in range(0, len(some), _AT_ONCE):
            found |= _one_question(forms, some[begin : begin + _AT_ONCE])
    return found


def count_apart(forms: Sequence[CountRows], tables: Iterable[Table]) -> dict[Table, Counts]:
    """In a question each."""
    return {table: found for each in tables for table, found in _one_question(forms, [each]).items()}


def _one_question(forms: Sequence[CountRows], tables: Sequence[Table]) -> dict[Table, Counts]:
    rows = [replace(row, tenant=_called(place, row.tenant)) for place, table in enumerate(tables) for row in table.rows]
    asked = tables[0]
    count = forms[min(asked.apart, len(forms) - 1)]
    found = {series.tenant: series for series in count(rows, asked.window_us, asked.as_of_us)}
    return {
        table: tuple(
            replace(found[called], tenant=tenant) for tenant in TENANTS if (called := _called(place, tenant)) in found
        )
        for place, table in enumerate(tables)
    }


def _called(place: int, tenant: str) -> str:
    return f"{tenant} of {place}"
