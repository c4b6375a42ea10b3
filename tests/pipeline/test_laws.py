"""The laws hold for the real aggregation, and break for one that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import settings
from law_cases import FIVE, SLO, rounds_towards_zero
from sqlglot import exp

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.pipeline.law_trials import Form, Trial, determinism_trials, trial
from pytest_errorbudget.pipeline.laws import LAWS, BrokenLaw
from pytest_errorbudget.readers.events.aggregation.predicate_columns import (
    ColumnType,
    PredicateColumn,
    predicate_columns_of,
)
from pytest_errorbudget.readers.events.aggregation.query import aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.engines.rows import CountRows, Engine, EventRow, NotComputable, row_counter

NAMES = ("order", "duplication", "sharding", "partition", "sums", "concatenation", "scaling", "shift")


def only(name: str, engine: Engine) -> Trial:
    """One law by itself."""
    return trial(
        tuple(law for law in LAWS if law.name == name), SLO, FIVE, forms=(Form(name="in a way", engine=engine),)
    )


def test_the_laws_by_name() -> None:
    (one,) = determinism_trials(SLO, FIVE)
    assert tuple(law.name for law in one.laws) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_real_aggregation_obeys(name: str) -> None:
    only(name, row_counter).check()


def test_the_real_aggregation_obeys_all_laws_at_once() -> None:
    determinism_trials(SLO, FIVE)[0].check()


def _counts_copies(question: Question, table: str, as_of_us: int) -> exp.Query:
    """Every row is an event of its own."""
    return aggregation(replace(question, id=exp.column("rowid")), table, as_of_us)


def _within_a_shard(question: Question, table: str, as_of_us: int) -> exp.Query:
    assert question.replica is not None
    pair = exp.DPipe(this=question.id.copy(), expression=question.replica.copy())
    return aggregation(replace(question, id=pair), table, as_of_us)


def _with_a_clock(question: Question, table: str, as_of_us: int) -> exp.Query:
    """Whatever the moment of the run, only what came before 1970 is counted."""
    return aggregation(question, table, min(as_of_us, 0))


@contextmanager
def _limited(slo: Slo, tenants: Sequence[str]) -> Iterator[CountRows]:
    """A counter that stops at one event a window."""
    with row_counter(slo, tenants) as count:

        def limited(rows: Sequence[EventRow], width_us: int, as_of_us: int) -> tuple[Series, ...]:
            return tuple(
                replace(one, valid=(1,) * len(one.valid), bad=tuple(min(1, bad) for bad in one.bad))
                for one in count(rows, width_us, as_of_us)
            )

        yield limited


@contextmanager
def _from_the_first_event(slo: Slo, tenants: Sequence[str]) -> Iterator[CountRows]:
    """Windows that begin with the first event and not with the epoch."""
    with row_counter(slo, tenants) as count:

        def begun(rows: Sequence[EventRow], width_us: int, as_of_us: int) -> tuple[Series, ...]:
            timed = [row for row in rows if row.time_us is not None]
            first = min((row.time_us or 0 for row in timed), default=0)
            moved = [replace(row, time_us=(row.time_us or 0) - first % width_us) for row in timed]
            return count(moved, width_us, as_of_us)

        yield begun


@contextmanager
def _first_read(slo: Slo, tenants: Sequence[str]) -> Iterator[CountRows]:
    """Of an event's copies the one counts that is read first."""
    with row_counter(slo, tenants) as count:

        def first(rows: Sequence[EventRow], width_us: int, as_of_us: int) -> tuple[Series, ...]:
            ones = {(row.tenant, row.id): row for row in reversed(rows)}
            return count(list(ones.values()), width_us, as_of_us)

        yield first


WRONG: tuple[tuple[str, Engine, str], ...] = (
    ("order", _first_read, "the counts differ in another order:"),
    ("duplication", partial(row_counter, aggregation=_counts_copies), "the counts differ with copies of some events:"),
    ("sharding", partial(row_counter, aggregation=_within_a_shard), "the counts differ in other shards:"),
    ("partition", partial(row_counter, aggregation=rounds_towards_zero), "an event at "),
    ("sums", partial(row_counter, aggregation=rounds_towards_zero), "short windows sum to "),
    ("concatenation", _from_the_first_event, "two ranges count "),
    ("scaling", _limited, "once it counts "),
    ("shift", partial(row_counter, aggregation=_with_a_clock), "it counts "),
)


@pytest.mark.parametrize(("name", "wrong", "told"), WRONG)
@pytest.mark.usefixtures("unshrunk")
def test_a_wrong_engine_is_found_by_each_law_and_its_events_can_be_pasted(name: str, wrong: Engine, told: str) -> None:
    with pytest.raises(BrokenLaw) as caught:
        only(name, wrong).check()
    text = str(caught.value)
    assert caught.value.law.name == name
    assert text.startswith(told)
    assert "\n    EventRow(tenant='" in text


@pytest.mark.parametrize("wrong", [wrong for _, wrong, _ in WRONG], ids=NAMES)
@pytest.mark.usefixtures("unshrunk")
def test_a_wrong_engine_is_found_where_the_laws_are_tried_at_once(wrong: Engine) -> None:
    with pytest.raises(BrokenLaw) as caught:
        determinism_trials(SLO, FIVE, forms=(Form(name="wrongly", engine=wrong),))[0].check()
    assert " of 1" not in str(caught.value)


@pytest.mark.usefixtures("same_examples")
def test_the_example_of_a_broken_law_is_small() -> None:
    with pytest.raises(BrokenLaw) as caught:
        determinism_trials(SLO, FIVE, forms=(Form(name="as first read", engine=_first_read),))[0].check()
    assert caught.value.law.name == "order"
    # at best two copies that disagree, in one order and in the other
    assert str(caught.value).count("EventRow(") <= 8


@contextmanager
def _mixed(slo: Slo, tenants: Sequence[str]) -> Iterator[CountRows]:
    """A counter that loses the last row of many."""
    with row_counter(slo, tenants) as count:
        yield lambda rows, width_us, as_of_us: count(rows[:-1] if len(rows) > 24 else rows, width_us, as_of_us)


@pytest.mark.usefixtures("unshrunk")
def test_an_example_that_breaks_no_law_by_itself_says_so() -> None:
    with pytest.raises(BrokenLaw) as caught:
        determinism_trials(SLO, FIVE, forms=(Form(name="mixed", engine=_mixed),))[0].check()
    assert str(caught.value).endswith(
        "\n(only where the rows are in one table with those of other tenants: alone they keep the law)"
    )


@pytest.mark.parametrize(("profile", "examples"), [("default", 50), ("few", 7)])
def test_as_many_examples_of_all_laws_as_a_chosen_profile_says_or_fifty(profile: str, examples: int) -> None:
    """The one question in windows of an hour is that of an example's long windows."""
    long: list[int] = []

    @contextmanager
    def engine(_: Slo, __: Sequence[str]) -> Iterator[CountRows]:
        def count(rows: Sequence[EventRow], width_us: int, _: int) -> tuple[Series, ...]:
            if width_us == 12 * FIVE:
                long.append(len(rows))
            return ()

        yield count

    before = settings.get_current_profile_name()
    settings.register_profile("few", max_examples=7, database=None)
    settings.load_profile(profile)
    try:
        determinism_trials(SLO, FIVE, forms=(Form(name="in a way", engine=engine),))[0].check()
    finally:
        settings.load_profile(before)
    assert len(long) == examples


@pytest.mark.parametrize("name", ["checkout-latency", "p99 < 300 ms", "größe", "9"])
def test_an_slo_may_have_any_name(name: str) -> None:
    determinism_trials(replace(SLO, name=name), FIVE)[0].check()


def test_values_for_which_a_predicate_leaves_64_bits_break_no_law() -> None:
    """Those near the second limit do, a hundred times; a run says of such an event that its source is unreadable."""
    slo = replace(SLO, sli=replace(SLO.sli, good="size * 100 < 999999999999999999", where=None))
    row = EventRow(tenant="a", id="1", time_us=0, replica="0", values=(999999999999999999,))
    with row_counter(slo, ("a",)) as count, pytest.raises(NotComputable):
        count([row], FIVE, FIVE)
    determinism_trials(slo, FIVE)[0].check()


def test_rows_in_memory_count_as_files_do() -> None:
    rows = [
        EventRow(tenant="a", id="1", time_us=-1, replica="0", values=("/api", 200)),
        EventRow(tenant="a", id="1", time_us=-1, replica="1", values=("/api", 200)),
        EventRow(tenant="a", id="2", time_us=0, replica="0", values=("/api", 500)),
        EventRow(tenant="a", id="3", time_us=1, replica="0", values=("/health", 500)),
        EventRow(tenant="c", id="4", time_us=1, replica="0", values=("/api", 500)),
    ]
    with row_counter(SLO, ("a", "b")) as count:
        (series,) = count(rows, FIVE, FIVE)
        assert count([], FIVE, FIVE) == ()
    assert (series.starts_us, series.valid, series.bad) == ((-FIVE, 0), (1, 1), (0, 1))


@pytest.mark.parametrize(
    ("good", "column"),
    [
        ("status < 500", PredicateColumn(name="status", type=ColumnType.NUMBER, literals=(500,))),
        ("route in ('/b', '/a')", PredicateColumn(name="route", type=ColumnType.TEXT, literals=("/a", "/b"))),
        ("not failed", PredicateColumn(name="failed", type=ColumnType.TRUTH, literals=())),
        ("ok is true", PredicateColumn(name="ok", type=ColumnType.TRUTH, literals=())),
        ("s < 0.25 or s = 1", PredicateColumn(name="s", type=ColumnType.REAL, literals=(0.25, 1.0))),
        ("ms + 5 <= 300", PredicateColumn(name="ms", type=ColumnType.NUMBER, literals=(5, 300))),
        ("error is null", PredicateColumn(name="error", type=ColumnType.NUMBER, literals=())),
    ],
)
def test_what_a_predicate_compares_its_column_with(good: str, column: PredicateColumn) -> None:
    assert predicate_columns_of(replace(SLO, sli=replace(SLO.sli, good=good, where=None))) == (column,)
