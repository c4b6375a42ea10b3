"""Counts are the same from the files and from what an earlier run kept, and are counted anew where anything differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from pytest_errorbudget.model.counts import Counts, Recount
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.pipeline.kept_counts import Counted, kept_counts
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.kept import Kept
from pytest_errorbudget.readers.result_cache import ResultCache

SPAN = Span("errorbudget.toml", 1)
SOURCE = EventSource(
    name="requests",
    format=EventFormat.CSV,
    paths=("events/*.csv",),
    columns=EventColumns(id="id", time="at", tenant="tenant"),
    lateness_us=0,
    span=SPAN,
)
SLO = Slo(
    name="availability",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(99, 100),
    period=Rolling(28 * DAY_US),
    span=SPAN,
)
ROWS = (
    "id,at,tenant,status\n"
    "a,2026-01-01 00:00:00,acme,200\n"
    "b,2026-01-01 00:01:00,acme,503\n"
    "b,2026-01-01 00:01:00,acme,503\n"
    "c,2026-01-01 00:06:00,acme,200\n"
)
PROBLEM = Problem(rule=Rule.EVENTS_UNREADABLE, message="", place="requests")


class Counter:
    """Counts the files for real, and how often it was asked to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked = 0

    def __call__(self) -> Counted:
        self.asked += 1
        return count_events(self.root, (SOURCE,), (SLO,), ("acme",), window_us=5 * MINUTE_US)


class Answer:
    """Says the same each time, and counts how often it was asked."""

    def __init__(self, counts: Counts | None, *problems: Problem) -> None:
        self.answer = counts, problems
        self.asked = 0

    def __call__(self) -> Counted:
        self.asked += 1
        return self.answer


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "one.csv").write_text(ROWS)
    return tmp_path


@pytest.fixture
def ask(root: Path) -> Callable[..., Counted]:
    cache, digests = ResultCache(root / "kept" / "counts"), Kept(root / "kept" / "events")

    def asked(count: Callable[[], Counted], source: EventSource = SOURCE, question: int = 1) -> Counted:
        return kept_counts(cache, digests, root, (source,), (question,), count)

    return asked


def test_a_second_run_counts_nothing(root: Path, ask: Callable[..., Counted]) -> None:
    count = Counter(root)
    first, second = ask(count), ask(count)
    assert first == second == count()
    assert first[0] is not None
    assert first[0].totals[0].events == 2
    assert count.asked == 2  # once for the runs, once here


def test_an_added_a_changed_and_a_renamed_file_are_counted(root: Path, ask: Callable[..., Counted]) -> None:
    count = Counter(root)
    ask(count)
    added = root / "events" / "two.csv"
    added.write_text("id,at,tenant,status\nd,2026-01-01 00:12:00,acme,200\n")
    ask(count)
    added.write_text("id,at,tenant,status\nd,2026-01-01 00:12:00,acme,500\n")
    ask(count)
    added.rename(root / "events" / "three.csv")
    counts, _ = ask(count)
    assert count.asked == 4
    assert counts == count()[0]


def test_another_question_and_another_source_are_counted(root: Path, ask: Callable[..., Counted]) -> None:
    count = Counter(root)
    ask(count)
    ask(count, question=2)
    ask(count, source=replace(SOURCE, lateness_us=1))
    assert count.asked == 3


def test_a_table_is_counted_each_time(root: Path, ask: Callable[..., Counted]) -> None:
    count = Counter(root)
    for _ in range(2):
        ask(count, source=replace(SOURCE, format=EventFormat.POSTGRES))
    assert count.asked == 2


def counted(root: Path) -> Counts:
    counts, _ = Counter(root)()
    assert counts is not None
    return counts


@pytest.mark.parametrize("windows_alike", [0, 1])
def test_only_what_was_counted_alike_in_every_way_is_kept(
    root: Path, ask: Callable[..., Counted], windows_alike: int
) -> None:
    recounts = (Recount(way="permuted order", windows=1, equal=windows_alike),)
    count = Answer(replace(counted(root), recounts=recounts))
    ask(count)
    ask(count)
    assert count.asked == (1 if windows_alike else 2)


def test_nothing_is_kept_of_files_that_changed_between_two_readings(root: Path, ask: Callable[..., Counted]) -> None:
    count = Answer(replace(counted(root), race_conditions=1))
    ask(count)
    ask(count)
    assert count.asked == 2


def test_a_problem_is_told_each_time(root: Path, ask: Callable[..., Counted]) -> None:
    for count in (Answer(None, PROBLEM), Answer(counted(root), PROBLEM)):
        assert ask(count)[1] == ask(count)[1] == (PROBLEM,)
        assert count.asked == 2


def test_files_that_are_not_there_are_a_problem_of_counting(ask: Callable[..., Counted]) -> None:
    count = Answer(None, PROBLEM)
    assert ask(count, source=replace(SOURCE, paths=("none/*.csv",))) == (None, (PROBLEM,))


def test_what_is_written_to_while_it_is_counted_is_not_kept(root: Path, ask: Callable[..., Counted]) -> None:
    count = Counter(root)

    def meanwhile() -> Counted:
        answer = count()
        (root / "events" / "one.csv").write_text(ROWS.replace("503", "200"))
        return answer

    ask(meanwhile)
    (root / "events" / "one.csv").write_text(ROWS)
    ask(count)
    assert count.asked == 2
