"""What an SLO's laws are tried on: the forms in which its source is counted, and the engines that must agree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import assert_never

from pytest_errorbudget.model.settings import EngineName, EventFormat, EventSource, Settings
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.pipeline.law_trials import DRAWN, IN_TWO_LOOKS, Form, FurtherEngine
from pytest_errorbudget.pipeline.servers import Servers
from pytest_errorbudget.readers.events.engines.apart_rows import apart_row_counter
from pytest_errorbudget.readers.events.engines.postgres_rows import postgres_row_counter
from pytest_errorbudget.readers.events.engines.ranked_rows import ranked_row_counter
from pytest_errorbudget.readers.events.engines.spark_rows import spark_row_counter

FORMS_OF_FILES = (
    Form(name="with copies apart", engine=apart_row_counter),
    Form(name="in one look", engine=ranked_row_counter),
    IN_TWO_LOOKS,
)


def forms_of(settings: Settings, slo: Slo) -> tuple[Form, ...]:
    """Files are counted with the events apart that have several rows, where these are few; in one look wherever values
    repeat; and in two looks where they do not, in every recount, and for events that lie in several slices. The other
    engines look twice."""
    match _source(settings, slo):
        case EventSource(format=EventFormat.PARQUET | EventFormat.CSV | EventFormat.NDJSON):
            return FORMS_OF_FILES
        case _:
            return (IN_TWO_LOOKS,)


@contextmanager
def law_engines(settings: Settings, slo: Slo) -> Iterator[tuple[FurtherEngine, ...]]:
    """Usable while open; a server is started when its engine is first asked, which then raises ``Unreadable`` where
    there is none."""
    source = _source(settings, slo)
    with ExitStack() as stack:
        servers = Servers(stack, settings.replay)
        yield () if source is None else tuple(_engine(name, source, servers) for name in names_of(settings, source))


def _source(settings: Settings, slo: Slo) -> EventSource | None:
    return next((one for one in settings.events if one.name == slo.sli.events), None)


def names_of(settings: Settings, source: EventSource) -> tuple[EngineName, ...]:
    """Those that the settings name, the one that counts the source, and PostgreSQL where a run replays migrations on
    a scratch server anyway."""
    wanted = set(settings.engines)
    if source.format is EventFormat.SPARK:
        wanted.add(EngineName.SPARK)
    if source.format is EventFormat.POSTGRES or settings.databases:
        wanted.add(EngineName.POSTGRES)
    return tuple(name for name in EngineName if name in wanted)


def _engine(name: EngineName, source: EventSource, servers: Servers) -> FurtherEngine:
    @contextmanager
    def database() -> Iterator[str]:
        with servers.scratch().database() as conninfo:
            yield conninfo

    match name:
        case EngineName.POSTGRES:
            return FurtherEngine(name="PostgreSQL", engine=partial(postgres_row_counter, database))
        case EngineName.SPARK:
            # a question takes half a second, however small its table is, and the others some milliseconds
            engine = partial(spark_row_counter, source)
            return FurtherEngine(name="Spark", engine=engine, examples=5, most_rows=200, phases=DRAWN)
        case _:
            assert_never(name)
