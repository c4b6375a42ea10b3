"""The aggregation in one look, and with repeated events apart, counts as the one that looks again at copies does,
whatever the events are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US
from pytest_errorbudget.readers.events.aggregation.predicate import parse_predicate
from pytest_errorbudget.readers.events.aggregation.query import aggregation
from pytest_errorbudget.readers.events.aggregation.question import Predicates, Question
from pytest_errorbudget.readers.events.aggregation.usable import event_hashes
from pytest_errorbudget.readers.events.slices.combinations import ranked, with_ranks
from pytest_errorbudget.readers.events.slices.repeats import REPEATS, fill_repeats, find_repeats, with_repeats
from pytest_errorbudget.readers.events.tally import render

AS_OF_US = 900
COLUMNS = "id varchar, tenant varchar, moment bigint, status int, latency double, route varchar, size decimal(12, 2)"
MAPPED = ("latency", "route", "size", "status")
PREDICATES = (
    ("status < 500", "route <> '/health'"),
    ("latency <= 0.3", None),
    ("coalesce(status, 500) in (200, 404)", "not (route like '/ap_%')"),
    ("size * 3 - 1 between -5 and 100", "latency is not null"),
    ("status = 200 or (latency < 1 and not route = '')", "not (status = 404 and latency is null) or size < 0"),
    (
        "status = 200 or status = 404 or latency < 0.3 or latency > 0.3 or size < 1 or route = 'Ä' or route = 'ä'",
        None,
    ),
)
Row = tuple[str | None, str | None, int | None, int | None, float | None, str | None, str | None]


def predicates(pairs: Sequence[tuple[str, str | None]]) -> tuple[Predicates, ...]:
    return tuple(
        Predicates(
            slo=Slo(
                name=f"slo-{number}",
                service="api",
                sli=Sli(events="requests", good=good, where=where, kind=SliKind.AVAILABILITY),
                objective=Fraction(99, 100),
                period=Rolling(30 * DAY_US),
                span=Span("slo.yaml", 1),
            ),
            good=parse_predicate(good),
            where=None if where is None else parse_predicate(where),
        )
        for number, (good, where) in enumerate(pairs)
    )


def question(*, tenants: Sequence[tuple[str, str]] = (("a", "a"), ("b", "b")), pairs: int = 1) -> Question:
    return Question(
        id=exp.column("id"),
        tenant=exp.column("tenant"),
        time_us=exp.column("moment"),
        replica=None,
        mapped=MAPPED,
        predicates=predicates(PREDICATES * pairs),
        tenants=tuple(tenants),
        window_us=100,
    )


def counted(session: duckdb.DuckDBPyConnection, asked: Question) -> list[tuple[object, ...]]:
    return session.execute(render(aggregation(asked, "events", AS_OF_US))).fetchall()


def in_all_forms(rows: Sequence[Row], asked: Question, base_us: int) -> tuple[list[tuple[object, ...]], ...]:
    with duckdb.connect(config={"threads": 1, "default_null_order": "nulls_last"}) as session:
        session.execute(f"create table events ({COLUMNS})")
        if rows:
            session.executemany("insert into events values (?, ?, ?, ?, ?, ?, ?)", rows)
        in_one_look = with_ranks(asked, ranked(session, asked, "events"), base_us, AS_OF_US)
        assert (in_one_look.ranks is None) == (rows == [])
        return counted(session, asked), counted(session, in_one_look), *apart(session, asked)


def apart(session: duckdb.DuckDBPyConnection, asked: Question) -> Iterator[list[tuple[object, ...]]]:
    """With the repeated events, and as if all others had the hash of one."""
    hashes = render(event_hashes(asked, "events", AS_OF_US))
    find_repeats(session, asked, "events", AS_OF_US)
    for others in ("limit 0", ""):
        fill_repeats(session, f"select event from {REPEATS} union (select event from ({hashes}) {others})")
        yield counted(session, with_repeats(asked))


def maybe(*values: object) -> st.SearchStrategy[object]:
    return st.sampled_from([None, *values])


ROWS = st.lists(
    st.tuples(
        maybe("1", "2", "10", "ä"),
        maybe("a", "b", "c", "A"),
        st.one_of(st.none(), st.integers(-500, 1000)) | maybe(-1, 0, 99, 100, 899, 900),
        maybe(200, 404, 500),
        maybe(0.0, -0.0, 0.3, float("nan"), float("inf"), 0.30000000000000004),
        maybe("/health", "/api", "/apx", "", "Ä", "ä", "a" * 20),
        maybe("0.00", "-1.33", "33.67"),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=50)
@given(ROWS, st.sampled_from([-500, -1000]))
def test_every_form_counts_as_two_looks_do(rows: list[Row], base_us: int) -> None:
    twice, *others = in_all_forms(rows, question(), base_us)
    assert others == [twice] * 3


@settings(deadline=None, max_examples=10)
@given(ROWS)
def test_more_slos_than_fit_into_an_integer_and_tenants_with_several_values(rows: list[Row]) -> None:
    asked = question(tenants=(("a", "acme"), ("A", "acme"), ("b", "b")), pairs=6)
    twice, *others = in_all_forms(rows, asked, -500)
    assert others == [twice] * 3


def test_the_copy_that_counts_is_the_least_by_time_and_then_by_the_mapped_columns() -> None:
    rows: list[Row] = [
        ("late", "a", 150, 200, 0.1, "/api", None),
        ("late", "a", 50, 500, 0.2, "/api", None),
        ("same", "a", 60, 500, 0.2, "/b", None),
        ("same", "a", 60, 200, 0.2, "/api", None),
        ("null", "a", 70, 200, None, "/api", None),
        ("null", "a", 70, 500, 0.2, "/api", None),
        ("twice", "a", 80, 200, 0.2, "/api", None),
        ("twice", "a", 80, 200, 0.2, "/api", None),
    ]
    twice, once, *apart = in_all_forms(rows, question(), 0)
    assert [once, *apart] == [twice] * 3
    assert once[0][:7] == ("a", 0, 4, 8, 3, 4, 2)
    assert once[0][-1] == "late"


@pytest.mark.parametrize(
    ("asked", "rows", "base_us", "to_us"),
    [
        (question(), 9000, 0, AS_OF_US),
        (question(), 10, None, AS_OF_US),
        (question(), 10, -(4611686018427387904), AS_OF_US),
    ],
    ids=["as many values as rows", "no time", "times too far apart"],
)
def test_where_ranks_do_not_pay_or_fit_there_are_none(
    asked: Question, rows: int, base_us: int | None, to_us: int
) -> None:
    with duckdb.connect() as session:
        session.execute(f"create table events ({COLUMNS})")
        session.execute(f"insert into events select i, 'a', 1, i, 0, '', 0 from range({rows}) r(i)")
        assert with_ranks(asked, ranked(session, asked, "events"), base_us, to_us) == asked


def test_a_value_that_cannot_be_judged_in_a_row_that_does_not_count_is_left_alone() -> None:
    with duckdb.connect() as session:
        session.execute(f"create table events ({COLUMNS.replace('decimal(12, 2)', 'bigint')})")
        session.execute(
            "insert into events values ('1', 'a', 1, 200, 0, '', 7), ('2', 'z', 1, 200, 0, '', 4611686018427387904)"
        )
        asked = question()
        found = with_ranks(asked, ranked(session, asked, "events"), 0, AS_OF_US)
        assert found.ranks is None
        assert counted(session, found)[0][:4] == ("a", 0, 1, 1)
