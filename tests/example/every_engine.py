"""The example's events in every engine that can count them, and a run's burn rates from there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from pytest_errorbudget.model.settings import EventFormat, EventSource
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.publish import Outputs, publish
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.steps import THRESHOLDS
from pytest_errorbudget.report.execution_log import without_times

READERS = {EventFormat.PARQUET: "read_parquet", EventFormat.CSV: "read_csv", EventFormat.NDJSON: "read_json"}
POSTGRES_TYPES = {"VARCHAR": "text", "DOUBLE": "double precision", "FLOAT": "real", "HUGEINT": "numeric"}
NULL = "<null>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a run leaves: the log without its times, the facts file and the table of counts; of which tenants and SLOs
    it counted events, and the digest of the counts."""

    log: Any
    facts: bytes
    counts: bytes
    series: set[tuple[str, str]]
    digest: str | None


def from_files(root: Path, source: EventSource) -> str:
    return f"select * from {READERS[source.format]}({[str(root / path) for path in source.paths]})"


def in_postgres(root: Path, source: EventSource, conninfo: str) -> EventSource:
    """Loads the rows of a source of files into a table of its own."""
    with duckdb.connect() as session, psycopg.connect(conninfo) as connection:
        session.execute("set TimeZone = 'UTC'")
        described = session.execute(f"describe {from_files(root, source)}").fetchall()
        columns = ", ".join(f'"{name}" {POSTGRES_TYPES.get(kind, kind)}' for name, kind, *_ in described)
        connection.execute(f'create table "{source.name}" ({columns})'.encode())
        text = root / f"{source.name}.loaded"
        session.execute(f"copy ({from_files(root, source)}) to '{text}' (format csv, force_quote *, nullstr '{NULL}')")
        loading = f"copy \"{source.name}\" from stdin (format csv, header, null '{NULL}')"
        with connection.cursor().copy(loading.encode()) as copy:
            copy.write(text.read_bytes())
        text.unlink()
    return replace(source, format=EventFormat.POSTGRES, paths=(f'public."{source.name}"',), url=conninfo)


def in_spark(root: Path, source: EventSource, session: Any) -> EventSource:
    """The rows of a source of files as a view of Spark's, which reads no UUID in Parquet."""
    folder = root / f"{source.name}.spark"
    folder.mkdir(exist_ok=True)
    with duckdb.connect() as reader:
        reader.execute("set TimeZone = 'UTC'")
        described = reader.execute(f"describe {from_files(root, source)}").fetchall()
        texts = ", ".join(f'"{name}"::varchar as "{name}"' for name, kind, *_ in described if kind == "UUID")
        rows = f"select * replace ({texts}) from ({from_files(root, source)})" if texts else from_files(root, source)
        reader.execute(f"copy ({rows}) to '{folder}/rows.parquet' (format parquet)")
    session.read.parquet(str(folder)).createOrReplaceTempView(source.name)
    return replace(source, format=EventFormat.SPARK, paths=(source.name,), url=None)


def as_it_is(source: EventSource) -> EventSource:
    return source


def written(project: Project, folder: Path, placed: Callable[[EventSource], EventSource] = as_it_is) -> Written:
    """What a run over the project's SLOs writes, with every source of events where ``placed`` puts it."""
    settings = replace(project.settings, events=tuple(map(placed, project.settings.events)))
    request = Request(project=replace(project, settings=settings), asked=THRESHOLDS)
    facts = gather(request, lambda _: None)
    assert (facts.problems, facts.counts is not None) == ((), True)
    folder.mkdir()
    outputs = Outputs(log=folder / "log.json", facts=folder / "facts.json", counts=folder / "counts.csv", update=False)
    published = publish(request.project, judge(request, facts), facts, outputs)
    assert published.failed == ()
    return Written(
        log=without_times(json.loads((folder / "log.json").read_bytes())),
        facts=(folder / "facts.json").read_bytes(),
        counts=(folder / "counts.csv").read_bytes(),
        series={(one.tenant, one.slo) for one in facts.counts.series} if facts.counts else set(),
        digest=facts.counts.digest if facts.counts else None,
    )
