"""Tables of laws that are counted in one question are counted as they are in one each."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.pipeline.law_tables import Table, count_apart, count_at_once, tenants_at_once
from pytest_errorbudget.readers.events.engines.rows import EventRow

HOUR = 3_600_000_000


class Counter:
    """Counts the rows of each tenant into one window, and writes down what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], int, int]] = []

    def __call__(self, rows: Sequence[EventRow], window_us: int, as_of_us: int) -> tuple[Series, ...]:
        tenants = [row.tenant for row in rows]
        self.asked.append((tenants, window_us, as_of_us))
        return tuple(
            Series(tenant=one, service="api", slo="ok", starts_us=(0,), valid=(tenants.count(one),), bad=(0,))
            for one in sorted(set(tenants))
        )


def table(tenants: str, *, window_us: int = HOUR, as_of_us: int = 0, apart: int = 0) -> Table:
    rows = tuple(EventRow(tenant=tenant, id="1", time_us=0, replica="0", values=()) for tenant in tenants)
    return Table(rows=rows, window_us=window_us, as_of_us=as_of_us, apart=apart)


def counted(found: tuple[Series, ...]) -> str:
    return " ".join(f"{one.tenant}{one.valid[0]}" for one in found)


def test_tables_that_are_asked_alike_are_one_question_and_the_same_table_is_counted_once() -> None:
    count = Counter()
    tables = [table("ab"), table("aab"), table(""), table("b"), table("ab")]
    found = count_at_once((count,), tables)
    assert [counted(found[one]) for one in tables] == ["a1 b1", "a2 b1", "", "b1", "a1 b1"]
    assert count.asked == [(["a of 0", "b of 0", "a of 1", "a of 1", "b of 1", "b of 3"], HOUR, 0)]


def test_another_width_or_moment_is_another_question_and_so_are_tables_to_be_held_apart() -> None:
    count = Counter()
    tables = [table("a"), table("aa", window_us=1), table("aaa", as_of_us=7), table("a", apart=1)]
    found = count_at_once((count,), tables)
    assert [counted(found[one]) for one in tables] == ["a1", "a2", "a3", "a1"]
    assert [(window_us, as_of_us) for _, window_us, as_of_us in count.asked] == [
        (HOUR, 0),
        (1, 0),
        (HOUR, 7),
        (HOUR, 0),
    ]


def test_one_question_has_no_tenant_that_an_engine_was_not_told() -> None:
    count = Counter()
    tables = [table("a" * number) for number in range(40)]
    found = count_at_once((count,), tables)
    assert [counted(found[one]) for one in tables[1:]] == [f"a{number}" for number in range(1, 40)]
    assert {tenant for tenants, _, _ in count.asked for tenant in tenants} <= set(tenants_at_once())


def test_apart_each_table_is_a_question_of_its_own() -> None:
    count = Counter()
    tables = [table("ab"), table("b")]
    found = count_apart((count,), tables)
    assert [counted(found[one]) for one in tables] == ["a1 b1", "b1"]
    assert [tenants for tenants, _, _ in count.asked] == [["a of 0", "b of 0"], ["b of 0"]]


def test_tables_held_apart_are_counted_in_the_form_at_that_place_or_in_the_last() -> None:
    forms = first, second = Counter(), Counter()
    tables = [table("a"), table("a", apart=1), table("b"), table("aa", apart=2)]
    found = count_at_once(forms, tables)
    assert [counted(found[one]) for one in tables] == ["a1", "a1", "b1", "a2"]
    assert [tenants for tenants, _, _ in first.asked] == [["a of 0", "b of 1"]]
    assert [tenants for tenants, _, _ in second.asked] == [["a of 0"], ["a of 0", "a of 0"]]
