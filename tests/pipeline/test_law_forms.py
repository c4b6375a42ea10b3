"""Files are counted in one look and in two: the laws hold for both, both agree, and a wrong one look is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from law_cases import FIVE, SLO
from sqlglot import exp

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.pipeline.law_trials import determinism_trials, trial
from pytest_errorbudget.pipeline.laws import FORMS, LAWS, BrokenLaw
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.engines.ranked_rows import ranked_row_counter
from pytest_errorbudget.readers.events.engines.rows import CountRows, Engine, EventRow, row_counter

BOTH = (ranked_row_counter, row_counter)
PREDICATES = (
    ("status < 500", "route <> '/health'"),
    ("latency_s <= 0.3", "not internal"),
    ("status in (200, 404) or (status between 500 and 503) is null", "route < 'B' or route like '/ap_%'"),
    ("coalesce(size * 3 - 1, 0) < 100000000000", "tenant <> 'b' and id is not null and time_us > 0"),
)


def judged(good: str, where: str | None) -> Slo:
    return replace(SLO, sli=replace(SLO.sli, good=good, where=where))


def event(id: str, time_us: int | None, route: str | None, status: int | None) -> EventRow:
    return EventRow(tenant="a", id=id, time_us=time_us, replica="0", values=(route, status))


ROWS = (
    event("1", -1, "/api", 200),
    event("1", -1, "/api", 200),
    event("2", 0, "/api", 500),
    event("2", 1, "/api", 200),
    event("3", 5, "/health", 500),
    event("4", None, "/api", 500),
    event("5", 7, None, None),
)


def test_the_law_that_forms_agree_comes_last() -> None:
    (one,) = determinism_trials(SLO, FIVE, forms=BOTH)
    assert one.laws == (*LAWS, FORMS)
    assert (FORMS.name, FORMS.statement) == ("forms agree", "one look at the events counts as two looks do")


@pytest.mark.parametrize(("good", "where"), PREDICATES)
def test_both_forms_obey_all_laws_and_agree(good: str, where: str | None) -> None:
    determinism_trials(judged(good, where), FIVE, forms=BOTH)[0].check()


def asked_of(slo: Slo, rows: Sequence[EventRow]) -> tuple[list[bool], tuple[Series, ...]]:
    """Whether each query that was written has ranks, and the counts."""
    written: list[bool] = []

    def told(question: Question, table: str, as_of_us: int) -> exp.Query:
        written.append(question.ranks is not None)
        return aggregation(question, table, as_of_us)

    with ranked_row_counter(slo, ("a", "b"), aggregation=told) as count:
        return written, count(rows, FIVE, FIVE)


def test_rows_in_memory_have_ranks_and_count_as_without() -> None:
    written, series = asked_of(SLO, ROWS)
    assert written == [True]
    with row_counter(SLO, ("a", "b")) as count:
        assert series == count(ROWS, FIVE, FIVE)
    assert [(one.starts_us, one.valid, one.bad) for one in series] == [((-FIVE, 0), (1, 1), (0, 1))]


@pytest.mark.parametrize(
    ("slo", "rows"),
    [(judged("true", None), [replace(ROWS[0], values=())]), (SLO, []), (SLO, [ROWS[5]])],
    ids=["no column is read", "no rows", "no time"],
)
def test_where_files_have_no_ranks_rows_in_memory_have_none(slo: Slo, rows: Sequence[EventRow]) -> None:
    written, _ = asked_of(slo, rows)
    assert written == [False]


def _in_one_look(wrong: Callable[[exp.Expr], exp.Expr]) -> Aggregation:
    """The real aggregation, of which ``wrong`` changes the form with ranks."""

    def changed(question: Question, table: str, as_of_us: int) -> exp.Query:
        written = aggregation(question, table, as_of_us)
        if question.ranks is None:
            return written
        one_look = written.transform(wrong)
        assert isinstance(one_look, exp.Query)
        return one_look

    return changed


def _the_last_copy(node: exp.Expr) -> exp.Expr:
    """The copy that counts is the greatest: no law of one form sees it, since every order and shard gives the same."""
    least = isinstance(node, exp.Min) and node.this.name == "packed"
    return exp.Max(this=node.this.copy()) if least else node


def _without_the_first_rank(node: exp.Expr) -> exp.Expr:
    """Loses the events of the least combination of values, as a rank that begins at 1 would."""
    joined = isinstance(node, exp.EQ) and node.expression.name == "rank"
    return exp.and_(node.copy(), node.expression.copy() > 0) if joined else node


def _nulls_are_no_combination(node: exp.Expr) -> exp.Expr:
    """Loses the rows with a null, as a join by ``=`` would."""
    return exp.EQ(this=node.this.copy(), expression=node.expression.copy()) if type(node) is exp.NullSafeEQ else node


def _narrow(question: Question, table: str, as_of_us: int) -> exp.Query:
    """Ranks run over into the time, where there are several."""
    ranks = question.ranks
    narrower = None if ranks is None else replace(ranks, width_bits=ranks.width_bits - 1)
    return aggregation(replace(question, ranks=narrower), table, as_of_us)


@contextmanager
def _lossy(slo: Slo, tenants: Sequence[str]) -> Iterator[CountRows]:
    """Loses an event that nobody but this form would: the last of a tenant's, by its id."""
    with ranked_row_counter(slo, tenants) as count:

        def lossy(rows: Sequence[EventRow], window_us: int, as_of_us: int) -> tuple[Series, ...]:
            last = max(((row.tenant, row.id) for row in rows if row.id is not None), default=None)
            return count([row for row in rows if (row.tenant, row.id) != last], window_us, as_of_us)

        yield lossy


WRONG: dict[str, Engine] = {
    "the last copy": partial(ranked_row_counter, aggregation=_in_one_look(_the_last_copy)),
    "without the first rank": partial(ranked_row_counter, aggregation=_in_one_look(_without_the_first_rank)),
    "nulls are no combination": partial(ranked_row_counter, aggregation=_in_one_look(_nulls_are_no_combination)),
    "lossy": _lossy,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.usefixtures("unshrunk")
def test_one_look_that_is_wrong_is_found_by_two_and_its_events_can_be_pasted(wrong: Engine) -> None:
    with pytest.raises(BrokenLaw) as caught:
        trial((FORMS,), SLO, FIVE, forms=(wrong, row_counter)).check()
    assert caught.value.law is FORMS
    counts = r"(?:nothing|tenant [ab]: starts \(.*)"
    found = re.fullmatch(
        rf"(\[\n    EventRow\(.*\])\ncount as {counts} in one look, and as {counts} in two",
        str(caught.value),
        re.DOTALL,
    )
    assert found is not None
    rows = eval(found[1], {"EventRow": EventRow})
    with wrong(SLO, ("a", "b")) as once, row_counter(SLO, ("a", "b")) as twice:
        assert once(rows, FIVE, 1 << 60) != twice(rows, FIVE, 1 << 60)


@pytest.mark.parametrize("wrong", [*WRONG.values(), partial(ranked_row_counter, aggregation=_narrow)])
@pytest.mark.usefixtures("unshrunk")
def test_one_look_that_is_wrong_is_found_where_the_laws_are_tried_at_once(wrong: Engine) -> None:
    with pytest.raises(BrokenLaw):
        determinism_trials(SLO, FIVE, forms=(wrong, row_counter))[0].check()


@pytest.mark.usefixtures("same_examples")
def test_what_breaks_no_law_of_one_form_is_found_by_the_other_and_its_example_is_small() -> None:
    wrong = WRONG["the last copy"]
    trial(tuple(LAWS), SLO, FIVE, forms=(wrong,)).check()
    with pytest.raises(BrokenLaw) as caught:
        determinism_trials(SLO, FIVE, forms=(wrong, row_counter))[0].check()
    assert caught.value.law is FORMS
    assert str(caught.value).count("EventRow(") <= 3
