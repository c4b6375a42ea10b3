"""Reads ``errorbudget.toml`` into :class:`Settings`. Every error has the line of the key that it speaks of."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import msgspec

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.model.problem import Problem, Unchecked
from pytest_errorbudget.model.settings import (
    Allowance,
    Cohort,
    Database,
    EventColumns,
    EventFormat,
    EventSource,
    MigrationScope,
    MigrationSettings,
    ReplaySettings,
    Settings,
)
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.share import parse_share
from pytest_errorbudget.model.slo import Sli, SliKind, Slo
from pytest_errorbudget.model.tenant import Tenant
from pytest_errorbudget.model.window import parse_duration
from pytest_errorbudget.readers.openslo import read_openslo
from pytest_errorbudget.readers.settings_errors import Key, Reading, failing_key, settings_problem, unknown_keys
from pytest_errorbudget.readers.settings_file import (
    AllowTable,
    EventsTable,
    SchemaTenants,
    SettingsFile,
    SourceTable,
)
from pytest_errorbudget.readers.settings_tenants import cohorts_of, tenants_of
from pytest_errorbudget.readers.toml_places import TomlSyntaxError, key_places

_HOUR_US = 3_600_000_000
_RESERVED = frozenset({"tenants", "schema", "thresholds", "determinism"})
Read = tuple[Settings | None, tuple[Problem, ...]]


def read_settings(root: Path, path: str, locked_schemas: Mapping[str, tuple[str, ...]]) -> Read:
    """Settings from ``root / path``; ``None`` where the file cannot be understood.

    ``locked_schemas`` are the tenants' schemas by database that the lock lists, for ``pattern``.
    """
    try:
        text = (root / path).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return None, (settings_problem(path, {}, (), f"`{path}` cannot be read: {error}"),)
    try:
        places = key_places(path, text)
        document = tomllib.loads(text)
    except TomlSyntaxError as error:
        return None, (settings_problem(path, {(0,): error.span}, (0,), f"not valid TOML: {error.message}"),)
    except tomllib.TOMLDecodeError as error:
        return None, (settings_problem(path, {}, (), f"not valid TOML: {error}"),)
    reading = Reading(path, places)
    for key, help in unknown_keys(document):
        reading.problem(key, f"unknown key `{key[-1]}`", help)
    if reading.problems:
        return None, tuple(reading.problems)
    try:
        file = msgspec.convert(document, SettingsFile)
    except msgspec.ValidationError as error:
        key, message = failing_key(document, error)
        reading.problem(key, message)
        return None, tuple(reading.problems)
    settings = _settings(root, reading, file, locked_schemas)
    return (None if reading.problems else settings), tuple(reading.problems)


def _settings(
    root: Path, reading: Reading, file: SettingsFile, locked_schemas: Mapping[str, tuple[str, ...]]
) -> Settings:
    databases = tuple(_databases(reading, file, locked_schemas))
    tenants, cohorts = cohorts_of(reading, file, databases)
    by_name = {tenant.name: tenant for tenant in tenants}
    sources = tuple(_sources(reading, file))
    slos = (*_openslo(root, reading, file), *_short_slos(reading, file))
    _check_slos(reading, slos, {source.name for source in sources}, {cohort.name: cohort for cohort in cohorts})
    if file.thresholds.compare_with:
        reading.unchecked.append(
            Unchecked("settings", "thresholds.compare-with", "comparing with Prometheus rules is not built yet")
        )
    return Settings(
        path=reading.path,
        exists=True,
        manifest=file.manifest,
        databases=tuple(_with_tenants(database, by_name) for database in databases),
        cohorts=cohorts,
        slos=slos,
        events=sources,
        allowances=tuple(_allowances(reading, file.allow)),
        replay=ReplaySettings(binaries=file.replay.binaries, url=file.replay.url),
        confidence=reading.value(
            ("thresholds", "confidence"), parse_share, file.thresholds.confidence, Fraction(992, 1000)
        ),
        window_us=_window(reading, file),
        fail_on=Severity(file.fail_on),
        unchecked=tuple(reading.unchecked),
    )


def _window(reading: Reading, file: SettingsFile) -> int:
    width = reading.value(("window",), parse_duration, file.window, _HOUR_US)
    if _HOUR_US % width:
        reading.problem(("window",), f"a window of `{file.window}` does not divide an hour", "use 1m, 5m, 10m or 30m")
    return width


def _with_tenants(database: Database, by_name: Mapping[str, Tenant]) -> Database:
    return replace(database, tenants=tuple(by_name[tenant.name] for tenant in database.tenants))


def _databases(
    reading: Reading, file: SettingsFile, locked_schemas: Mapping[str, tuple[str, ...]]
) -> Iterator[Database]:
    seen: set[str] = set()
    for position, table in enumerate(file.database):
        key: Key = ("database", position)
        if table.name in seen:
            reading.problem((*key, "name"), f"two databases are called `{table.name}`", "give each a `name` of its own")
        seen.add(table.name)
        migrations = table.migrations
        yield Database(
            name=table.name,
            url=table.url,
            migrations=None
            if migrations is None
            else MigrationSettings(
                path=migrations.path,
                scope=MigrationScope(migrations.per),
                kind=None if migrations.kind is None else MigrationKind(migrations.kind),
                bookkeeping=migrations.bookkeeping,
                schema=migrations.schema,
            ),
            services=tuple(table.services),
            tenants=tenants_of(reading, file, position, locked_schemas.get(table.name, ())),
            span=reading.span(key),
            pattern=table.tenants.pattern if isinstance(table.tenants, SchemaTenants) else None,
            left_out=tuple(table.tenants.except_) if isinstance(table.tenants, SchemaTenants) else (),
        )


def _sources(reading: Reading, file: SettingsFile) -> Iterator[EventSource]:
    seen: set[str] = set()
    for position, table in enumerate(file.events):
        key: Key = ("events", position)
        if table.name in seen:
            reading.problem((*key, "name"), f"two event sources are called `{table.name}`")
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


def _formats(table: SourceTable) -> tuple[tuple[EventFormat, tuple[str, ...]], ...]:
    written = {EventFormat.PARQUET: table.parquet, EventFormat.CSV: table.csv, EventFormat.NDJSON: table.ndjson}
    return tuple(
        (kind, (globs,) if isinstance(globs, str) else tuple(globs)) for kind, globs in written.items() if globs
    )


def _source(reading: Reading, table: EventsTable, key: Key, kind: EventFormat, paths: tuple[str, ...]) -> EventSource:
    lateness = 0 if table.lateness == "0s" else reading.value((*key, "lateness"), parse_duration, table.lateness, 0)
    columns = table.columns
    return EventSource(
        name=table.name,
        format=kind,
        paths=paths,
        columns=EventColumns(id=columns.id, tenant=columns.tenant, time=columns.time, replica=columns.replica),
        lateness_us=lateness,
        span=reading.span(key),
        tenants=tuple(sorted(table.tenants.items())),
    )


def _openslo(root: Path, reading: Reading, file: SettingsFile) -> tuple[Slo, ...]:
    read = read_openslo(root, tuple(file.slos))
    reading.problems.extend(read.problems)
    reading.unchecked.extend(read.oddities)
    return read.slos


def _short_slos(reading: Reading, file: SettingsFile) -> Iterator[Slo]:
    for position, table in enumerate(file.slo):
        key: Key = ("slo", position)
        latency = "latency" in table.name or "latency" in table.good
        yield Slo(
            name=table.name,
            service=table.service,
            sli=Sli(
                events=table.events,
                good=table.good,
                where=table.where,
                kind=SliKind.LATENCY if latency else SliKind.AVAILABILITY,
            ),
            objective=reading.value((*key, "objective"), parse_share, table.objective, Fraction(1, 2)),
            period_us=reading.value((*key, "period"), parse_duration, table.period, 1),
            span=reading.span(key),
        )


def _check_slos(reading: Reading, slos: tuple[Slo, ...], sources: set[str], cohorts: Mapping[str, Cohort]) -> None:
    seen: dict[str, Slo] = {}
    for slo in slos:
        known = ", ".join(f"`{name}`" for name in sorted(sources)) or "none"
        if slo.sli.events not in sources:
            message = f"the SLO `{slo.name}` counts the events `{slo.sli.events}`, which no [[events]] defines"
            reading.problem_at(slo.span, message, f"defined are: {known}")
        if slo.name in _RESERVED:
            message = f"an SLO may not be called `{slo.name}`: generated items have that name"
            reading.problems.append(
                replace(settings_problem(reading.path, {}, (), message, "rename it"), span=slo.span)
            )
        if slo.name in seen:
            message = f"two SLOs are called `{slo.name}`; the first one is at {seen[slo.name].span}"
            reading.problem_at(slo.span, message)
        seen.setdefault(slo.name, slo)
    for cohort in cohorts.values():
        for name, _ in cohort.objectives:
            if name not in seen:
                known = ", ".join(f"`{slo}`" for slo in sorted(seen)) or "none"
                key: Key = ("cohorts", cohort.name, "objectives", name)
                reading.problem(key, f"there is no SLO `{name}`", f"defined are: {known}")


def _allowances(reading: Reading, tables: list[AllowTable]) -> Iterator[Allowance]:
    for position, table in enumerate(tables):
        yield Allowance(
            rule=table.rule,
            where=table.where,
            reason=table.reason,
            until=table.until,
            span=reading.span(("allow", position)),
        )
