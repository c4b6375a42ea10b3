"""The kinds of cells: two files' kinds have one meet, whatever the order, and it is the kind of all their rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.readers.events.files.columns import quoted
from pytest_errorbudget.readers.events.files.kinds import MISFIT, Cell, Kind, kinds_in, meet, met, value
from pytest_errorbudget.readers.events.session import session

KINDS = st.sampled_from(Kind)
# what DuckDB's sniffer makes of each column of these cells alone is in the table below
CELLS = [
    "",
    "0",
    "1",
    "-5",
    "007",
    "+3",
    "1.5",
    "1e3",
    "NaN",
    "99999999999999999999",
    "true",
    "False",
    "x",
    "NULL",
    "epoch",
    "infinity",
    "0x1f",
    "2026-01-02",
    "2026-01-02 03:04:05.678901",
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05+02:00",
    "25/01/2026",
    "10:00:00",
]
JSON_CELLS: list[object] = [
    None,
    True,
    0,
    -5,
    1.5,
    1e30,
    18446744073709551615,
    "",
    "x",
    "5",
    "2026-01-02",
    "2026-01-02T03:04:05Z",
    [1],
    {},
]


@pytest.fixture(scope="module")
def opened() -> Iterator[duckdb.DuckDBPyConnection]:
    with session(1) as one:
        yield one


@given(KINDS, KINDS, KINDS)
def test_the_meet_knows_no_order(one: Kind, other: Kind, third: Kind) -> None:
    assert meet(one, other) is meet(other, one)
    assert meet(meet(one, other), third) is meet(one, meet(other, third))
    assert meet(one, one) is one
    assert meet(one, Kind.NOTHING) is one
    assert meet(one, Kind.TEXT) is Kind.TEXT


def kind_of(opened: duckdb.DuckDBPyConnection, cells: Sequence[str]) -> Kind:
    """The kind of CSV cells; an empty one is null."""
    rows = f"(select nullif(unnest([{', '.join(map(quoted, cells))}]::varchar[]), '') as c)"
    return kinds_in(opened, rows, {"c": Cell("c", "c")})["c"]


def json_kind_of(opened: duckdb.DuckDBPyConnection, cells: Sequence[object]) -> Kind:
    written = ", ".join(quoted(json.dumps(cell)) for cell in cells)
    rows = f"(select nullif(unnest([{written}]::varchar[]), 'null')::json as c)"
    return kinds_in(opened, rows, {"c": Cell("c::varchar", "(c->>'$')")})["c"]


@given(st.lists(st.sampled_from(CELLS), min_size=1), st.lists(st.sampled_from(CELLS), min_size=1))
def test_rows_together_are_of_the_meet_of_their_kinds_apart(
    opened: duckdb.DuckDBPyConnection, one: list[str], other: list[str]
) -> None:
    assert kind_of(opened, one + other) is meet(kind_of(opened, one), kind_of(opened, other))


@given(st.lists(st.sampled_from(JSON_CELLS), min_size=1), st.lists(st.sampled_from(JSON_CELLS), min_size=1))
def test_so_are_values_of_json(opened: duckdb.DuckDBPyConnection, one: list[object], other: list[object]) -> None:
    assert json_kind_of(opened, one + other) is meet(json_kind_of(opened, one), json_kind_of(opened, other))


@given(st.lists(st.sampled_from(CELLS), min_size=1), KINDS)
def test_a_cell_of_another_kind_is_never_read_as_one(
    opened: duckdb.DuckDBPyConnection, cells: list[str], kind: Kind
) -> None:
    """What is read with a kind that does not fit all cells stops; what fits is read."""
    rows = f"(select nullif(unnest([{', '.join(map(quoted, cells))}]::varchar[]), '') as c)"
    query = f"select count({value(kind, Cell('c', 'c'))}) from {rows}"
    own = kind_of(opened, cells)
    if meet(own, kind) is kind:
        assert opened.execute(query).fetchall() == [(sum(cell != "" for cell in cells),)]
    else:
        with pytest.raises(duckdb.Error, match=MISFIT):
            opened.execute(query).fetchall()


@pytest.mark.parametrize(
    ("cells", "kind", "sniffed"),
    [
        (["", ""], Kind.NOTHING, "VARCHAR"),
        (["true", "False"], Kind.TRUTH, "BOOLEAN"),
        (["t", "no"], Kind.TRUTH, "BOOLEAN"),
        (["0", "1"], Kind.WHOLE, "BIGINT"),
        (["0", "-5", ""], Kind.WHOLE, "BIGINT"),
        (["007", "7"], Kind.TEXT, "VARCHAR"),
        (["00.5", "0.5"], Kind.TEXT, "VARCHAR"),
        (["+3", "3"], Kind.TEXT, "VARCHAR"),
        (["1_000", "1000"], Kind.TEXT, "VARCHAR"),
        (["y", "n"], Kind.TEXT, "VARCHAR"),
        (["5", "1.5"], Kind.REAL, "DOUBLE"),
        (["5", "1e3"], Kind.REAL, "DOUBLE"),
        (["5", "NaN"], Kind.REAL, "DOUBLE"),
        (["5", "99999999999999999999"], Kind.WIDE, "HUGEINT"),
        (["5", "NULL"], Kind.TEXT, "VARCHAR"),
        (["5", "true"], Kind.TEXT, "VARCHAR"),
        (["5", "2026-01-02"], Kind.TEXT, "VARCHAR"),
        (["2026-01-02", "2026-01-03"], Kind.MOMENT, "DATE"),
        (["2026-01-02 03:04:05", "2026-01-02 03:04:05.678901"], Kind.MOMENT, "TIMESTAMP"),
        (["2026-01-02", "2026-01-02 03:04:05"], Kind.MOMENT, "VARCHAR"),
        (["2026-01-02T03:04:05Z", "2026-01-02T03:04:05+02:00"], Kind.MOMENT, "TIMESTAMP WITH TIME ZONE"),
        (["2026-01-02", "soon"], Kind.TEXT, "VARCHAR"),
        (["25/01/2026", "26/01/2026"], Kind.TEXT, "DATE"),
        (["10:00:00", "11:00:00"], Kind.TEXT, "TIME"),
    ],
)
def test_kinds_are_the_types_that_duckdb_finds_in_all_rows(
    tmp_path: Path, opened: duckdb.DuckDBPyConnection, cells: list[str], kind: Kind, sniffed: str
) -> None:
    """But for these: every moment is one in UTC, and a date whose day could be its month, or a time without a day, is
    text."""
    (tmp_path / "cells.csv").write_text("a,b\n" + "".join(f"x,{cell}\n" for cell in cells))
    described = opened.execute(f"describe from read_csv('{tmp_path}/cells.csv', header = true, sample_size = -1)")
    assert dict(row[:2] for row in described.fetchall())["b"] == sniffed
    assert kind_of(opened, cells) is kind


def test_no_file_is_of_no_kind() -> None:
    assert met(()) is Kind.NOTHING
