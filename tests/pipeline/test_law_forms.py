"""Files are counted with copies apart, in one look and in two: the laws hold for all, all agree, and a wrong form is
found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

import pytest
from law_cases import FIVE, SLO
from sqlglot import exp

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.pipeline.law_engines import FORMS_OF_FILES
from pytest_errorbudget.pipeline.law_tables import tenants_at_once
from pytest_errorbudget.pipeline.law_trials import IN_TWO_LOOKS, Form, determinism_trials, trial
from pytest_errorbudget.pipeline.laws import FORMS, LAWS, BrokenLaw
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.engines.apart_rows import apart_row_counter
from pytest_errorbudget.readers.events.engines.ranked_rows import ranked_row_counter
from pytest_errorbudget.readers.events.engines.rows import CountRows, Engine, EventRow, row_counter
from pytest_errorbudget.readers.events.slices.repeats import REPEATS

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


def test_the_law_that_forms_agree_comes_first_since_the_others_compare_one_form_with_another() -> None:
    (one,) = determinism_trials(SLO, FIVE, forms=FORMS_OF_FILES)
    assert one.laws == (FORMS, *LAWS)
    assert (FORMS.name, FORMS.statement) == ("forms agree", "every form in which events are counted counts the same")


@pytest.mark.parametrize(("good", "where"), PREDICATES)
def test_all_forms_obey_all_laws_and_agree(good: str, where: str | None) -> None:
    determinism_trials(judged(good, where), FIVE, forms=FORMS_OF_FILES)[0].check()


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


def test_rows_with_copies_apart_count_as_without_whatever_the_hashes_are() -> None:
    written: list[str | None] = []

    def told(question: Question, table: str, as_of_us: int) -> exp.Query:
        written.append(question.repeats)
        return aggregation(question, table, as_of_us)

    many = [event(str(number % 150), number, "/api", 200 + number) for number in range(400)]
    with apart_row_counter(SLO, ("a", "b"), aggregation=told) as count, row_counter(SLO, ("a", "b")) as twice:
        for rows in (ROWS, many, many[:90], []):
            assert count(rows, FIVE, FIVE) == twice(rows, FIVE, FIVE)
            assert count(rows, FIVE, 0) == twice(rows, FIVE, 0)
    assert written == [REPEATS]


def _changed(wrong: Callable[[exp.Expr], exp.Expr]) -> Aggregation:
    """The real aggregation, of which ``wrong`` changes what is written."""

    def changed(question: Question, table: str, as_of_us: int) -> exp.Query:
        written = aggregation(question, table, as_of_us).transform(wrong)
        assert isinstance(written, exp.Query)
        return written

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


def _the_last_copy_apart(node: exp.Expr) -> exp.Expr:
    first = isinstance(node, exp.EQ) and node.this.name == "nth"
    return exp.column("nth").eq(exp.column("kinds")) if first else node


def _by_the_hash(node: exp.Expr) -> exp.Expr:
    """Takes rows with one hash for those of one event."""
    if isinstance(node, exp.Window) and node.args.get("partition_by"):
        node.set("partition_by", [exp.func("hash", exp.column("tenant"), exp.column("id"))])
    return node


def _none_repeats(node: exp.Expr) -> exp.Expr:
    """Counts every row as an event."""
    return exp.false() if isinstance(node, exp.In) and node.args.get("query") else node


def _all_copies(node: exp.Expr) -> exp.Expr:
    """Counts each of an event's distinct copies."""
    return exp.true() if isinstance(node, exp.EQ) and node.this.name == "nth" else node


def _only_those_that_repeat(node: exp.Expr) -> exp.Expr:
    """Loses the events that have one row."""
    return exp.false() if isinstance(node, exp.Not) and node.this.name == "repeats" else node


def _places_towards_zero(node: exp.Expr) -> exp.Expr:
    """Windows before 1970 begin one too late."""
    return node.this if isinstance(node, exp.Sub) and isinstance(node.this, exp.Paren) else node


WRONG_LOOK: dict[str, Engine] = {
    "the last copy": partial(ranked_row_counter, aggregation=_changed(_the_last_copy)),
    "without the first rank": partial(ranked_row_counter, aggregation=_changed(_without_the_first_rank)),
    "nulls are no combination": partial(ranked_row_counter, aggregation=_changed(_nulls_are_no_combination)),
    "lossy": _lossy,
}
NARROW = {"narrow": partial(ranked_row_counter, aggregation=_narrow)}
WRONG_APART: dict[str, Engine] = {
    "the last copy, apart": partial(apart_row_counter, aggregation=_changed(_the_last_copy_apart)),
    "by the hash": partial(apart_row_counter, aggregation=_changed(_by_the_hash)),
    "none repeats": partial(apart_row_counter, aggregation=_changed(_none_repeats)),
    "all copies": partial(apart_row_counter, aggregation=_changed(_all_copies)),
    "only those that repeat": partial(apart_row_counter, aggregation=_changed(_only_those_that_repeat)),
    "places towards zero": partial(apart_row_counter, aggregation=_changed(_places_towards_zero)),
}


def _with_ones(apart: Engine = apart_row_counter, look: Engine = ranked_row_counter) -> tuple[Form, ...]:
    """The forms of files, of which some are wrong."""
    first, second, third = FORMS_OF_FILES
    return replace(first, engine=apart), replace(second, engine=look), third


WRONG: dict[str, tuple[Form, ...]] = {
    **{name: _with_ones(look=wrong) for name, wrong in WRONG_LOOK.items()},
    **{name: _with_ones(apart=wrong) for name, wrong in WRONG_APART.items()},
}


@pytest.mark.parametrize("forms", WRONG.values(), ids=WRONG)
@pytest.mark.usefixtures("unshrunk")
def test_a_form_that_is_wrong_is_found_by_the_others_and_its_events_can_be_pasted(forms: tuple[Form, ...]) -> None:
    with pytest.raises(BrokenLaw) as caught:
        trial((FORMS,), SLO, FIVE, forms=forms).check()
    assert caught.value.law is FORMS
    counts = r"(?:nothing|tenant [ab]: starts \(.*)"
    found = re.match(
        rf"(\[\n    EventRow\(.*\])\ncount as {counts} with copies apart, and as {counts} in (?:one look|two looks)",
        str(caught.value),
        re.DOTALL,
    )
    assert found is not None
    rows = eval(found[1], {"EventRow": EventRow})
    tenants = tenants_at_once()
    with ExitStack() as stack:
        counts_of = [stack.enter_context(form.engine(SLO, tenants)) for form in forms]
        renamed = [replace(row, tenant=f"{row.tenant} of 0") for row in rows]
        alike = {count(renamed, FIVE, 1 << 60) for count in counts_of}
    assert len(alike) > 1 or str(caught.value).endswith("alone they keep the law)")


@pytest.mark.parametrize("forms", [*WRONG.values(), _with_ones(look=NARROW["narrow"])], ids=[*WRONG, *NARROW])
@pytest.mark.usefixtures("unshrunk")
def test_a_form_that_is_wrong_is_found_where_the_laws_are_tried_at_once(forms: tuple[Form, ...]) -> None:
    with pytest.raises(BrokenLaw):
        determinism_trials(SLO, FIVE, forms=forms)[0].check()


@pytest.mark.usefixtures("same_examples")
def test_what_breaks_no_law_of_one_form_is_found_by_the_other_and_its_example_is_small() -> None:
    wrong = Form(name="wrongly", engine=WRONG_LOOK["the last copy"])
    trial(tuple(LAWS), SLO, FIVE, forms=(wrong,)).check()
    with pytest.raises(BrokenLaw) as caught:
        determinism_trials(SLO, FIVE, forms=(wrong, IN_TWO_LOOKS))[0].check()
    assert caught.value.law is FORMS
    assert str(caught.value).count("EventRow(") <= 3


@contextmanager
def _a_window_late(slo: Slo, tenants: Sequence[str]) -> Iterator[CountRows]:
    with row_counter(slo, tenants) as count:

        def late(rows: Sequence[EventRow], window_us: int, as_of_us: int) -> tuple[Series, ...]:
            found = count(rows, window_us, as_of_us)
            return tuple(replace(one, starts_us=tuple(start + window_us for start in one.starts_us)) for one in found)

        yield late


@pytest.mark.usefixtures("unshrunk")
def test_a_law_that_holds_in_each_form_and_not_between_them_says_so() -> None:
    law = next(law for law in LAWS if law.name == "order")
    forms = (IN_TWO_LOOKS, Form(name="a window late", engine=_a_window_late))
    with pytest.raises(BrokenLaw) as caught:
        trial((law,), SLO, FIVE, forms=forms).check()
    assert str(caught.value).endswith(
        "\n(each side of the law is counted in another form: "
        "counted in two looks or a window late alone they keep the law)"
    )
