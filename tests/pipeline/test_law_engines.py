"""The law that engines agree: on which it is tried, that PostgreSQL keeps it, and that a wrong engine breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import settings
from law_cases import FIVE, SLO, rounds_towards_zero

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.settings import Database, EngineName, EventColumns, EventFormat, EventSource, Settings
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.pipeline.law_engines import FORMS_OF_FILES, forms_of, law_engines
from pytest_errorbudget.pipeline.law_trials import IN_TWO_LOOKS, Form, FurtherEngine, Trial, determinism_trials
from pytest_errorbudget.readers.events.engines.postgres_rows import postgres_row_counter
from pytest_errorbudget.readers.events.engines.rows import CountRows, EventRow, row_counter
from pytest_errorbudget.readers.scratch import ScratchServer

ROWED = "[\n    EventRow("


def for_each(good: str, where: str | None = None) -> Slo:
    return replace(SLO, sli=replace(SLO.sli, good=good, where=where))


def on_postgres(scratch: ScratchServer, **more: Any) -> FurtherEngine:
    """What a run tries; ``aggregation`` among ``more`` is a wrong one."""
    return FurtherEngine(name="PostgreSQL", engine=partial(postgres_row_counter, scratch.database, **more))


def agreement(engine: FurtherEngine, slo: Slo = SLO) -> Trial:
    return determinism_trials(slo, FIVE, further=(engine,))[-1]


def test_a_further_engine_is_a_further_law(scratch: ScratchServer) -> None:
    _, *trials = determinism_trials(SLO, FIVE, further=(on_postgres(scratch),))
    (law,) = (law for trial in trials for law in trial.laws)
    assert (law.name, law.statement) == ("engines agree: PostgreSQL", "PostgreSQL counts as DuckDB does")


@pytest.mark.parametrize(
    "slo",
    [
        SLO,
        for_each("latency_s <= 0.3", "not internal"),
        for_each("status in (200, 404) or (status between 500 and 503) is null", "route < 'B' or route like '/ap_%'"),
        for_each("coalesce(size * 3 - 1, 0) < 100000000000", "tenant <> 'b' and id is not null and time_us > 0"),
    ],
    ids=lambda slo: str(slo.sli.good),
)
def test_postgres_counts_as_duckdb_does(slo: Slo, scratch: ScratchServer) -> None:
    agreement(on_postgres(scratch), slo).check()


@pytest.mark.parametrize(("profile", "examples"), [("default", 50), ("ci", 50), ("few", 7)])
def test_as_many_examples_as_a_chosen_profile_says_or_fifty(profile: str, examples: int) -> None:
    tried: list[int] = []

    @contextmanager
    def engine(_: Slo, __: Sequence[str]) -> Iterator[CountRows]:
        def count(rows: Sequence[EventRow], _: int, __: int) -> tuple[Series, ...]:
            tried.append(len(rows))
            return ()

        yield count

    before = settings.get_current_profile_name()
    settings.register_profile("few", max_examples=7, database=None)
    settings.load_profile(profile)
    try:
        determinism_trials(
            SLO,
            FIVE,
            forms=(Form(name="in a way", engine=engine),),
            further=(FurtherEngine(name="same", engine=engine),),
        )[-1].check()
    finally:
        settings.load_profile(before)
    assert len(tried) == 2 * examples


@pytest.mark.usefixtures("unshrunk")
def test_an_engine_that_divides_otherwise_is_found(scratch: ScratchServer) -> None:
    """The same aggregation on DuckDB, and on PostgreSQL one whose integer division truncates."""
    with pytest.raises(AssertionError) as caught:
        agreement(on_postgres(scratch, aggregation=rounds_towards_zero)).check()
    text = str(caught.value)
    assert re.match(rf"up to -?\d+ µs\n{re.escape(ROWED)}tenant=", text)
    assert re.search(r"\n\]\ncount as tenant [ab]: starts \(", text)
    assert text.endswith(" in PostgreSQL")


@contextmanager
def _without_the_last(slo: Slo, tenants: Sequence[str]) -> Iterator[CountRows]:
    """An engine that loses the row it read last."""
    with row_counter(slo, tenants) as count:
        yield lambda rows, width_us, as_of_us: count(rows[:-1], width_us, as_of_us)


@pytest.mark.usefixtures("same_examples")
def test_an_engine_that_loses_a_row_is_found_and_its_events_paste_into_a_test() -> None:
    with pytest.raises(AssertionError) as caught:
        agreement(FurtherEngine(name="the other", engine=_without_the_last)).check()
    text = str(caught.value)
    pasted = eval(text[text.index("[\n") : text.index("\n]") + 2], {"EventRow": EventRow})
    as_of_us = int(text.split()[2])
    with row_counter(SLO, ("a", "b")) as count, _without_the_last(SLO, ("a", "b")) as otherwise:
        assert count(pasted, FIVE, as_of_us) != otherwise(pasted, FIVE, as_of_us)
    assert 1 <= len(pasted) <= 3


EVENTS = EventSource(
    name="requests",
    format=EventFormat.PARQUET,
    paths=("events.parquet",),
    columns=EventColumns(),
    lateness_us=0,
    span=Span("errorbudget.toml", 1),
)


def reading(reads: EventFormat) -> Settings:
    events = (replace(EVENTS, format=reads),)
    return Settings(path="errorbudget.toml", exists=True, manifest="Cargo.toml", databases=(), events=events)


DATABASE = Database(name="core", url=None, migrations=None, services=(), tenants=(), span=Span("errorbudget.toml", 1))


@pytest.mark.parametrize(
    ("databases", "engines", "reads", "tried"),
    [
        ((), (), EventFormat.PARQUET, ()),
        ((DATABASE,), (), EventFormat.PARQUET, ("PostgreSQL",)),
        ((), (EngineName.POSTGRES,), EventFormat.CSV, ("PostgreSQL",)),
        ((), (), EventFormat.POSTGRES, ("PostgreSQL",)),
        ((), (), EventFormat.SPARK, ("Spark",)),
        ((DATABASE,), (EngineName.SPARK,), EventFormat.NDJSON, ("PostgreSQL", "Spark")),
        ((DATABASE,), (EngineName.SPARK, EngineName.POSTGRES), EventFormat.SPARK, ("PostgreSQL", "Spark")),
    ],
)
def test_the_engines_that_must_agree(
    databases: tuple[Database, ...], engines: tuple[EngineName, ...], reads: EventFormat, tried: tuple[str, ...]
) -> None:
    project = replace(reading(reads), databases=databases, engines=engines)
    with law_engines(project, SLO) as further:
        assert tuple(one.name for one in further) == tried


@pytest.mark.parametrize(
    ("reads", "forms"),
    [
        (EventFormat.PARQUET, FORMS_OF_FILES),
        (EventFormat.CSV, FORMS_OF_FILES),
        (EventFormat.NDJSON, FORMS_OF_FILES),
        (EventFormat.POSTGRES, (IN_TWO_LOOKS,)),
        (EventFormat.SPARK, (IN_TWO_LOOKS,)),
    ],
)
def test_the_forms_in_which_a_source_is_counted(reads: EventFormat, forms: tuple[Form, ...]) -> None:
    assert forms_of(reading(reads), SLO) == forms


def test_files_are_counted_with_copies_apart_first_then_in_one_look_and_in_two() -> None:
    assert [form.name for form in FORMS_OF_FILES] == ["with copies apart", "in one look", "in two looks"]


def test_an_slo_without_a_source_is_tried_in_two_looks() -> None:
    elsewhere = replace(SLO, sli=replace(SLO.sli, events="others"))
    assert forms_of(reading(EventFormat.PARQUET), elsewhere) == (IN_TWO_LOOKS,)
