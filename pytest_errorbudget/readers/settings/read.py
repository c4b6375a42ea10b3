"""Reads ``errorbudget.toml`` into :class:`Settings`. Every error has the line of the key that it speaks of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import msgspec

from pytest_errorbudget.model.problem import Problem, Unchecked
from pytest_errorbudget.model.settings import (
    Allowance,
    Database,
    EventSource,
    Glob,
    ReplaySettings,
    Settings,
)
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.share import parse_share
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import Tenant
from pytest_errorbudget.model.window import format_duration, parse_duration
from pytest_errorbudget.readers.globs import GlobError, files_of
from pytest_errorbudget.readers.settings.cohorts import cohort_column, cohorts_of
from pytest_errorbudget.readers.settings.errors import Key, Reading, failing_key, problem_at, unknown_keys, value_at
from pytest_errorbudget.readers.settings.events import engines_of, memory_of, sources_of
from pytest_errorbudget.readers.settings.file import (
    AllowTable,
    SchemaTenants,
    SettingsFile,
)
from pytest_errorbudget.readers.settings.migrations import migrations_of
from pytest_errorbudget.readers.settings.slo_checks import check_slos
from pytest_errorbudget.readers.settings.slos import openslo, short_slos
from pytest_errorbudget.readers.settings.targets import check_targets
from pytest_errorbudget.readers.settings.tenants import tenants_of
from pytest_errorbudget.readers.settings.wording import worded
from pytest_errorbudget.readers.text_files import TextError, read_text
from pytest_errorbudget.readers.toml_places import TomlSyntaxError, key_places

_TOML = "correct the syntax: https://toml.io/en/v1.0.0 has each form with an example"
_TWICE = "keep one of them, or put both into one table"
_HOUR_US = 3_600_000_000
Read = tuple[Settings | None, tuple[Problem, ...]]


def read_settings(
    root: Path,
    path: str,
    locked_schemas: Mapping[str, tuple[str, ...]],
    locked_cohorts: Mapping[str, str] = MappingProxyType({}),
) -> Read:
    """Settings from ``root / path``; ``None`` where the file cannot be understood.

    ``locked_schemas`` are the tenants' schemas by database that the lock lists, for ``pattern``; ``locked_cohorts`` the
    cohorts of tenants that it lists, for those that a column says.
    """
    try:
        text = read_text(root, path)
        places = key_places(path, text)
        document = tomllib.loads(text)
    except TextError as error:
        return None, (problem_at(path, error.span, error.message, "save it as a text file in UTF-8"),)
    except TomlSyntaxError as error:
        help = _TWICE if error.message == "duplicate key" else _TOML
        return None, (problem_at(path, error.span, f"not valid TOML: {error.message}", help),)
    except tomllib.TOMLDecodeError as error:
        return None, (problem_at(path, _place_in(path, str(error)), f"not valid TOML: {error}", _TOML),)
    reading = Reading(path, places)
    for key, help in unknown_keys(document):
        reading.problem(key, f"unknown key `{key[-1]}`", help)
    if reading.problems:
        return None, tuple(reading.problems)
    try:
        file = msgspec.convert(document, SettingsFile)
    except msgspec.ValidationError as error:
        key, message = failing_key(document, error)
        reading.problem(key, *worded(value_at(document, key), key, message))
        return None, tuple(reading.problems)
    settings = _settings(root, reading, file, locked_schemas, locked_cohorts)
    return (None if reading.problems else settings), tuple(reading.problems)


def _place_in(path: str, message: str) -> Span:
    """Where tomllib stopped: its message ends in ``(at line 3, column 5)`` or in ``(at end of document)``."""
    found = re.search(r"at line (\d+), column (\d+)", message)
    return Span(path, 1) if found is None else Span(path, int(found[1]), int(found[2]))


def _settings(
    root: Path,
    reading: Reading,
    file: SettingsFile,
    locked_schemas: Mapping[str, tuple[str, ...]],
    locked_cohorts: Mapping[str, str],
) -> Settings:
    databases = tuple(_databases(reading, file, locked_schemas))
    tenants, cohorts = cohorts_of(reading, file, databases, locked_cohorts)
    by_name = {tenant.name: tenant for tenant in tenants}
    sources = tuple(sources_of(reading, file))
    window_us, slide_us = _window(reading, file, sources)
    _check_globs(root, reading, file.sli_queries)
    of_files, not_computed = openslo(root, reading, file)
    written = (*of_files, *short_slos(reading, file))
    if file.thresholds.compare_with:
        reading.unchecked.append(
            Unchecked("settings", "thresholds.compare-with", "comparing with Prometheus rules is not built yet")
        )
    settings = Settings(
        path=reading.path,
        exists=True,
        manifest=file.manifest,
        databases=tuple(_with_tenants(database, by_name) for database in databases),
        cohorts=cohorts,
        slos=tuple(one.slo for one in written),
        sli_queries=tuple(Glob(glob, reading.span(("sli-queries", n))) for n, glob in enumerate(file.sli_queries)),
        events=sources,
        allowances=tuple(_allowances(reading, file.allow)),
        replay=ReplaySettings(binaries=file.replay.binaries, url=file.replay.url),
        confidence=reading.value(
            ("thresholds", "confidence"), parse_share, file.thresholds.confidence, Fraction(992, 1000)
        ),
        window_us=window_us,
        slide_us=slide_us,
        fail_on=Severity(file.fail_on),
        engines=engines_of(reading, file, sources),
        memory_mib=memory_of(file),
    )
    check_slos(reading, written, {table.name for table in file.events}, settings)
    check_targets(reading, settings, dict(not_computed))
    _check_counted(reading, settings)
    return replace(settings, unchecked=tuple(reading.unchecked))


def _check_globs(root: Path, reading: Reading, globs: list[str]) -> None:
    for position, glob in enumerate(globs):
        try:
            files_of(root, glob)
        except GlobError as error:
            help = "write a path below the folder of the settings"
            reading.problem(("sli-queries", position), f"`sli-queries` names `{glob}`, {error}", help)


def _window(reading: Reading, file: SettingsFile, sources: tuple[EventSource, ...]) -> tuple[int, int]:
    """The width of windows and their slide."""
    width = reading.value(("window",), parse_duration, file.window, _HOUR_US)
    slide = width if file.slide is None else reading.value(("slide",), parse_duration, file.slide, width)
    if slide > width:
        reading.problem(
            ("slide",),
            f"windows of `{file.window}` that start every `{file.slide}` leave out the events between them",
            "set `slide` to no more than `window`",
        )
    for position, source in enumerate(sources):
        for name, span in (("window", width), ("slide", slide)):
            if source.slot_us is not None and span % source.slot_us:
                reading.problem(
                    ("events", position, "slot"),
                    f"a {name} of `{format_duration(span)}` is not a whole number of the slots of `{source.name}`",
                    f"set `{name}` to a multiple of the slot",
                )
                break
    return width, slide


def _check_counted(reading: Reading, settings: Settings) -> None:
    """Thresholds rest on hours, which must be whole numbers of what is counted."""
    if _HOUR_US % settings.counted_us:
        counted = format_duration(settings.counted_us)
        reading.problem(
            ("window",),
            f"events are counted in steps of {counted}, the largest that fits the slots, `window` and `slide`, and an "
            "hour is no whole number of them",
            "use slots and windows that divide an hour, such as 1m, 5m or 30m",
        )


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
        *base, migrations = migrations_of(reading, table, key)
        yield Database(
            name=table.name,
            url=table.url,
            migrations=migrations,
            base=tuple(each for each in base if each is not None),
            services=tuple(table.services),
            tenants=tenants_of(reading, file, position, locked_schemas.get(table.name, ())),
            span=reading.span(key),
            pattern=table.tenants.pattern if isinstance(table.tenants, SchemaTenants) else None,
            left_out=tuple(table.tenants.except_) if isinstance(table.tenants, SchemaTenants) else (),
            cohorts=cohort_column(table),
        )


def _allowances(reading: Reading, tables: list[AllowTable]) -> Iterator[Allowance]:
    for position, table in enumerate(tables):
        yield Allowance(
            rule=table.rule,
            where=table.where,
            reason=table.reason,
            until=table.until,
            span=reading.span(("allow", position)),
        )
