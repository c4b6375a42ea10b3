"""The ``[[events]]`` of a settings file: sources, their columns, and on which engines they are counted."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.settings import EngineName, EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.window import parse_duration
from pytest_errorbudget.readers.settings.errors import Key, Reading
from pytest_errorbudget.readers.settings.file import EventsTable, SettingsFile, SourceTable

_MIB = {"MiB": 1, "GiB": 1024}


def sources_of(reading: Reading, file: SettingsFile) -> Iterator[EventSource]:
    """Each source that can be understood; a problem for each other one."""
    seen: set[str] = set()
    for position, table in enumerate(file.events):
        key: Key = ("events", position)
        if table.name in seen:
            reading.problem((*key, "name"), f"two event sources are called `{table.name}`", "rename one of them")
        seen.add(table.name)
        formats = _formats(table.source)
        if len(formats) != 1:
            reading.problem(
                (*key, "source"),
                f"the events `{table.name}` need exactly one source, and name {len(formats)}",
                'write for example `source = { parquet = "exports/*.parquet" }`',
            )
            continue
        yield _source(reading, table, key, *formats[0])


def engines_of(reading: Reading, file: SettingsFile, sources: tuple[EventSource, ...]) -> tuple[EngineName, ...]:
    """The engines that count again, each once; a table in place is copied to none of them, which is said."""
    engines = tuple(EngineName(name) for name in dict.fromkeys(file.determinism.engines))
    for source in sources:
        if engines and source.format in {EventFormat.POSTGRES, EventFormat.SPARK}:
            reading.unchecked.append(
                Unchecked(
                    "events",
                    source.name,
                    f"these events stay in {source.paths[0]}: they are counted again there, in other ways, and not on "
                    f"{' or '.join(engine.value for engine in engines)}",
                    source.span,
                )
            )
    return engines


def memory_of(file: SettingsFile) -> int:
    """MiB that counting may use before it spills."""
    return int(file.memory[:-3]) * _MIB[file.memory[-3:]]


def _formats(table: SourceTable) -> tuple[tuple[EventFormat, tuple[str, ...]], ...]:
    written = {
        EventFormat.PARQUET: table.parquet,
        EventFormat.CSV: table.csv,
        EventFormat.NDJSON: table.ndjson,
        EventFormat.POSTGRES: table.postgres,
        EventFormat.SPARK: table.spark,
    }
    return tuple(
        (kind, (globs,) if isinstance(globs, str) else tuple(globs)) for kind, globs in written.items() if globs
    )


def _source(reading: Reading, table: EventsTable, key: Key, kind: EventFormat, paths: tuple[str, ...]) -> EventSource:
    lateness = 0 if table.lateness == "0s" else reading.value((*key, "lateness"), parse_duration, table.lateness, 0)
    if (kind is EventFormat.POSTGRES) != (table.source.url is not None):
        reading.problem(
            (*key, "source"),
            f"the events `{table.name}` are in {kind.value} and {'have no' if table.source.url is None else 'have a'} "
            "`url`: a table in PostgreSQL needs one, and nothing else has one",
            'write for example `source = { postgres = "public.requests", url = "env:EVENTS_DATABASE_URL" }`',
        )
    columns = table.columns
    return EventSource(
        name=table.name,
        format=kind,
        paths=paths,
        columns=EventColumns(
            id=columns.id,
            tenant=columns.tenant,
            time=columns.time,
            replica=columns.replica,
            service=columns.service,
            good=columns.good,
            bad=columns.bad,
            latency=columns.latency,
            status=columns.status,
        ),
        lateness_us=lateness,
        span=reading.span(key),
        tenants=tuple(sorted(table.tenants.items())),
        url=table.source.url,
        slot_us=_slot(reading, table, key),
    )


def _slot(reading: Reading, table: EventsTable, key: Key) -> int | None:
    if table.slot is None:
        if table.columns.bad is not None:
            reading.problem(
                (*key, "columns"),
                f"the events `{table.name}` name a column of `bad` counts and no `slot`",
                'say how wide a slot is, such as `slot = "5m"`: then rows are counts and not events',
            )
        return None
    if table.columns.good is None or table.columns.bad is None:
        reading.problem(
            (*key, "slot"),
            f"the counts `{table.name}` need the columns that hold their `good` and `bad` events",
            'write for example `columns = { time = "slot", good = "good", bad = "bad" }`',
        )
    return reading.value((*key, "slot"), parse_duration, table.slot, 1)
