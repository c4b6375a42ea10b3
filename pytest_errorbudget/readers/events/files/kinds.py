"""What the cells of a text file say they are, and the one type that all cells of a column share.

A kind is a property of cells and not of a file: of two files' kinds ``meet`` makes the kind of both, in any order and
any grouping, so that a column's type depends on nothing but what all files say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import reduce

import duckdb


class Kind(Enum):
    """The value is DuckDB's type for such cells. A column without a cell is ``NOTHING``, and agrees with all."""

    NOTHING = "NULL"
    TRUTH = "BOOLEAN"
    WHOLE = "BIGINT"
    WIDE = "DECIMAL(38,0)"
    REAL = "DOUBLE"
    MOMENT = "TIMESTAMP WITH TIME ZONE"
    TEXT = "VARCHAR"

    @property
    def in_options(self) -> str:
        """The type as an option of DuckDB's readers takes it: not every name of a type, nor every width of decimals."""
        return _IN_OPTIONS.get(self, self.value)


_IN_OPTIONS = {Kind.MOMENT: "TIMESTAMPTZ", Kind.WIDE: "HUGEINT"}

NUMBERS = (Kind.WHOLE, Kind.WIDE, Kind.REAL)
"""Each holds those before it."""
_TRIED = (Kind.TRUTH, *NUMBERS, Kind.MOMENT)
"""No cell is of two of these but a number, which is of all wider ones."""
MISFIT = "a cell that is not of the kind found for its column: "
_NO_NUMBER = "'_|^ *([+]|0[0-9])'"
_NOT_WHOLE = "'[^0-9 -]|^ *0[0-9]'"
_NO_TRUTHS = "('0', '1', 'y', 'n', 'Y', 'N')"


@dataclass(frozen=True, slots=True)
class Cell:
    """SQL for a cell: ``raw`` as the file writes it (JSON keeps its quotes), ``text`` as text. Null where empty."""

    raw: str
    text: str


def meet(one: Kind, other: Kind) -> Kind:
    """The least kind that cells of both are of."""
    if one is other or other is Kind.NOTHING:
        return one
    if one is Kind.NOTHING:
        return other
    if one in NUMBERS and other in NUMBERS:
        return max(one, other, key=NUMBERS.index)
    return Kind.TEXT


def met(kinds: Iterable[Kind]) -> Kind:
    return reduce(meet, kinds, Kind.NOTHING)


def kinds_in(session: duckdb.DuckDBPyConnection, rows: str, cells: Mapping[str, Cell]) -> dict[str, Kind]:
    """The kind of each of the named cells over all ``rows``, which is SQL for a table."""
    if not cells:
        return {}
    counts = ", ".join(
        f"count({cell.raw}), {', '.join(_count(kind, cell) for kind in _TRIED)}" for cell in cells.values()
    )
    (found,) = session.execute(f"select {counts} from {rows}").fetchall()
    width = 1 + len(_TRIED)
    return {name: _kind(found[place * width : (place + 1) * width]) for place, name in enumerate(cells)}


def value(kind: Kind, cell: Cell) -> str:
    """SQL for the cell as a value of its kind; a cell of another kind stops the query with ``MISFIT``."""
    misfit = f"error('{MISFIT}' || {cell.raw})"
    if kind is Kind.TEXT:
        return cell.text
    if kind is Kind.NOTHING:
        return f"case when {cell.raw} is not null then {misfit} end"
    source = cell.text if kind is Kind.MOMENT else cell.raw
    held = f"try_cast({source} as {kind.value})"
    return f"case when {cell.raw} is null then null when {_fits(kind, cell)} then {held} else {misfit} end"


def _count(kind: Kind, cell: Cell) -> str:
    return f"count(*) filter ({_fits(kind, cell)})"


def _kind(counts: tuple[int, ...]) -> Kind:
    cells, *fitting = counts
    if cells == 0:
        return Kind.NOTHING
    return next((kind for kind, number in zip(_TRIED, fitting, strict=True) if number == cells), Kind.TEXT)


def _fits(kind: Kind, cell: Cell) -> str:
    """Whether a cell is of one of the tried kinds; null for an empty one."""
    if kind is Kind.MOMENT:
        # words such as `epoch` and `infinity` are moments to DuckDB; what is one here begins with a digit or a sign
        return f"({cell.text} < ':' and isfinite(try_cast({cell.text} as {kind.value})))"
    fits = f"try_cast({cell.raw} as {kind.value}) is not null"
    if kind is Kind.TRUTH:
        return f"({fits} and {cell.raw} not in {_NO_TRUTHS})"
    # a cast takes `007` and `1_000` for numbers, and `1.5`, `1e3` and `0x1f` for whole ones; DuckDB's sniffer does not
    other = _NO_NUMBER if kind is Kind.REAL else _NOT_WHOLE
    return f"({fits} and not regexp_matches({cell.raw}, {other}))"
