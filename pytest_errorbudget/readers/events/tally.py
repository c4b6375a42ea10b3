"""The aggregation's rows, from DuckDB to values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, groupby, islice
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from pytest_errorbudget.model.counts import Series, Unjudged
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.files.columns import quoted

_FIXED = 5
"""Columns before the SLOs' own: tenant, start, events, copies, disagreeing. The last column is the example."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one aggregation of one source found; ``examples`` are ``tenant: id`` of copies that disagree, in order."""

    series: tuple[Series, ...]
    unjudged: tuple[Unjudged, ...]
    events: int
    copies: int
    disagreeing: int
    invalid: tuple[tuple[str, int], ...]
    examples: tuple[str, ...]


def render(query: exp.Query) -> str:
    return query.sql(dialect="duckdb")


def result_types(question: Question) -> tuple[tuple[str, str], ...]:
    """The aggregation's columns, and their types as DuckDB calls them."""
    fixed = (("tenant", "VARCHAR"), *((name, "BIGINT") for name in ("start_us", "events", "copies", "disagreeing")))
    places = range(len(question.predicates))
    counts = ((f"{kind}_{place}", "BIGINT") for place in places for kind in ("valid", "bad", "invalid"))
    return (*fixed, *counts, ("example", "VARCHAR"))


def make(session: duckdb.DuckDBPyConnection, question: Question, table: str) -> None:
    """An empty temporary table for the aggregation's rows."""
    columns = ", ".join(f"{name} {kind}" for name, kind in result_types(question))
    session.execute(f"create or replace temp table {table} ({columns})")


def fill_from(session: duckdb.DuckDBPyConnection, question: Question, path: Path, into: str) -> None:
    names = ", ".join(name for name, _ in result_types(question))
    session.execute(f"insert into {into} select {names} from read_parquet({quoted(str(path))})")


def insert(session: duckdb.DuckDBPyConnection, query: exp.Query, into: str) -> None:
    """Adds a query's rows. In a table they have no order."""
    rows = query.copy()
    rows.set("order", None)
    session.execute(f"insert into {into} {render(rows)}")


def insert_signed(session: duckdb.DuckDBPyConnection, question: Question, query: str, sign: int, into: str) -> None:
    """Adds a query's rows with every count times ``sign``, which is 1, -1 or, for the examples alone, 0."""
    signed = ", ".join(f"{sign} * {name}" for name in _summed(question))
    example = "example" if sign >= 0 else "null"
    session.execute(f"insert into {into} select tenant, start_us, {signed}, {example} from ({query})")


def sum_up(session: duckdb.DuckDBPyConnection, question: Question, tables: Sequence[str], into: str) -> None:
    """One row a tenant and window from several tables; a window that holds no event any more is none."""
    sums = ", ".join(f"sum({name})" for name in _summed(question))
    rows = " union all ".join(f"select * from {table}" for table in tables)
    make(session, question, "summed")
    session.execute(
        f"insert into summed select tenant, start_us, {sums}, min(example) from ({rows}) "
        "group by tenant, start_us having sum(copies) > 0"
    )
    session.execute(f"create or replace temp table {into} as select * from summed")


def _summed(question: Question) -> tuple[str, ...]:
    return tuple(name for name, _ in result_types(question)[2:-1])


def fetch(session: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    return session.execute(f"select * from {table} order by tenant, start_us").fetchall()


def tally(question: Question, rows: Sequence[Row]) -> Tally:
    """Sums and series from the aggregation's rows, which are by tenant and start."""
    slos = [one.slo for one in question.predicates]
    empty: list[tuple[Any, ...]] = [()] * (_FIXED + 3 * len(slos) + 1)
    columns = list(zip(*rows, strict=True)) if rows else empty
    spans = tuple(_spans(columns[0]))
    return Tally(
        series=tuple(one for place, slo in enumerate(slos) for one in _series(columns, spans, slo, place)),
        unjudged=tuple(one for place, slo in enumerate(slos) for one in _unjudged(columns, spans, slo, place)),
        events=sum(columns[2]),
        copies=sum(columns[3]),
        disagreeing=sum(columns[4]),
        invalid=tuple((slo.name, sum(columns[_FIXED + 3 * place + 2])) for place, slo in enumerate(slos)),
        examples=tuple(islice((f"{row[0]}: {row[-1]}" for row in rows if row[-1] is not None), 3)),
    )


def _spans(tenants: Sequence[str]) -> Iterator[tuple[str, slice]]:
    """Each tenant's rows; they are neighbours."""
    begin = 0
    for tenant, group in groupby(tenants):
        end = begin + sum(1 for _ in group)
        yield tenant, slice(begin, end)
        begin = end


def _series(
    columns: Sequence[tuple[Any, ...]], spans: Iterable[tuple[str, slice]], slo: Slo, place: int
) -> Iterator[Series]:
    """The windows with at least one valid event."""
    starts, valid, bad = (columns[at] for at in (1, _FIXED + 3 * place, _FIXED + 3 * place + 1))
    for tenant, span in spans:
        yield from series_of(slo, tenant, starts[span], valid[span], bad[span])


def series_of(
    slo: Slo, tenant: str, starts: Sequence[int], valid: Sequence[int], bad: Sequence[int]
) -> Iterator[Series]:
    """The windows with at least one valid event, as a series if there is any; the columns are by start."""
    full = 0 not in valid
    if any(valid):
        yield Series(
            tenant=tenant,
            service=slo.service,
            slo=slo.name,
            starts_us=tuple(starts if full else compress(starts, valid)),
            valid=tuple(valid if full else compress(valid, valid)),
            bad=tuple(bad if full else compress(bad, valid)),
        )


def _unjudged(
    columns: Sequence[tuple[Any, ...]], spans: Iterable[tuple[str, slice]], slo: Slo, place: int
) -> Iterator[Unjudged]:
    starts, invalid = columns[1], columns[_FIXED + 3 * place + 2]
    for tenant, span in spans:
        yield from unjudged_of(slo, tenant, starts[span], invalid[span])


def unjudged_of(slo: Slo, tenant: str, starts: Sequence[int], invalid: Sequence[int]) -> Iterator[Unjudged]:
    """The windows with events that could not be judged, if there is any; the columns are by start."""
    if any(invalid):
        yield Unjudged(
            tenant=tenant,
            service=slo.service,
            slo=slo.name,
            starts_us=tuple(compress(starts, invalid)),
            events=tuple(compress(invalid, invalid)),
        )
