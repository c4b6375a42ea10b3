"""The engines on which a run counts events again, as the settings name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import assert_never

from pytest_errorbudget.model.settings import EngineName
from pytest_errorbudget.pipeline.servers import Servers
from pytest_errorbudget.readers.events.engines.postgres_again import PostgresAgain
from pytest_errorbudget.readers.events.engines.spark import SparkAgain
from pytest_errorbudget.readers.events.reading import Further


def further_engines(names: Sequence[EngineName], servers: Servers) -> tuple[Further, ...]:
    """PostgreSQL is the run's scratch server, started when it is first asked."""

    @contextmanager
    def database() -> Iterator[str]:
        with servers.scratch().database() as conninfo:
            yield conninfo

    def engine(name: EngineName) -> Further:
        match name:
            case EngineName.POSTGRES:
                return PostgresAgain(database)
            case EngineName.SPARK:
                return SparkAgain()
            case _:
                assert_never(name)

    return tuple(map(engine, names))
