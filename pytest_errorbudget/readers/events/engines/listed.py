"""Sums and series from a table of counts in DuckDB. Sums are made there, and windows come as the text of lists: a row a
window, as tuples, takes more than twice the time, and lists whose integers the driver makes half as much again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import duckdb
import msgspec

from pytest_errorbudget.model.counts import Series, Unjudged
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.tally import Tally, series_of, unjudged_of

_EXAMPLES = 3
_INTEGERS = msgspec.json.Decoder(type=tuple[int, ...])


def tally_of(session: duckdb.DuckDBPyConnection, question: Question, table: str) -> Tally:
    """The same as ``tally`` of the table's rows."""
    slos = [one.slo for one in question.predicates]
    sums = ["events", "copies", "disagreeing", *(f"invalid_{place}" for place, _ in enumerate(slos))]
    query = f"select {', '.join(f'coalesce(sum({name}), 0)::bigint' for name in sums)} from {table}"
    events, copies, disagreeing, *invalid = session.execute(query).fetchall()[0]
    return Tally(
        series=tuple(_series(session, question, table)),
        unjudged=tuple(
            one for place, rows in enumerate(invalid) if rows for one in _unjudged(session, question, table, place)
        ),
        events=events,
        copies=copies,
        disagreeing=disagreeing,
        invalid=tuple((slo.name, rows) for slo, rows in zip(slos, invalid, strict=True)),
        examples=_examples(session, table) if disagreeing else (),
    )


def _examples(session: duckdb.DuckDBPyConnection, table: str) -> tuple[str, ...]:
    query = f"select tenant, example from {table} where example is not null order by tenant, start_us limit {_EXAMPLES}"
    return tuple(f"{tenant}: {example}" for tenant, example in session.execute(query).fetchall())


def _series(session: duckdb.DuckDBPyConnection, question: Question, table: str) -> Iterator[Series]:
    counts = (f"list({kind}_{place})::text" for place, _ in enumerate(question.predicates) for kind in ("valid", "bad"))
    query = f"select {', '.join(('tenant', 'list(start_us)::text', *counts))} from (from {table} order by start_us)"
    rows = session.execute(f"{query} group by tenant order by tenant").fetchall()
    tenants = [(tenant, _by_start([_INTEGERS.decode(one) for one in lists])) for tenant, *lists in rows]
    for place, one in enumerate(question.predicates):
        for tenant, (starts, *lists) in tenants:
            yield from series_of(one.slo, tenant, starts, lists[2 * place], lists[2 * place + 1])


def _unjudged(session: duckdb.DuckDBPyConnection, question: Question, table: str, place: int) -> Iterator[Unjudged]:
    """Row by row: these are few, or everything is."""
    query = f"select tenant, start_us, invalid_{place} from {table} where invalid_{place} > 0 order by tenant, start_us"
    for tenant, rows in groupby(session.execute(query).fetchall(), key=lambda row: str(row[0])):
        _, starts, invalid = zip(*rows, strict=True)
        yield from unjudged_of(question.predicates[place].slo, tenant, starts, invalid)


def _by_start(lists: Sequence[tuple[int, ...]]) -> Sequence[tuple[int, ...]]:
    """DuckDB gives lists in the order of the rows below, and does not promise to."""
    starts = lists[0]
    if sorted(starts) == list(starts):
        return lists
    places = sorted(range(len(starts)), key=starts.__getitem__)
    return [tuple(numbers[place] for place in places) for numbers in lists]
