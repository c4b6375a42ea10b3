"""The lock and its evidence on disk, read together."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pytest_errorbudget.model.formats.evidence import EvidenceError, read_evidence
from pytest_errorbudget.model.formats.lock import LockError, read_tenants
from pytest_errorbudget.model.formats.lock import read_lock as parse_lock
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.threshold import LockedThresholds
from pytest_errorbudget.readers.toml_places import TomlSyntaxError, key_places

_CONSEQUENCE = "The committed thresholds are not checked."
_HELP = "restore the file from version control, or write it anew with `--errorbudget-update`"


def evidence_path(lock: Path) -> Path:
    """``errorbudget.counts.csv`` beside ``errorbudget.lock``."""
    return lock.with_name(f"{lock.stem}.counts.csv")


def read_lock(path: Path) -> tuple[LockedThresholds | None, tuple[Problem, ...]]:
    """The lock at ``path`` with the evidence beside it; nothing where there is no lock."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return None, ()
    except (OSError, UnicodeDecodeError) as error:
        return None, (_problem(path, 1, f"`{path.name}` cannot be read: {error}"),)
    evidence = evidence_path(path)
    try:
        rows = read_evidence(evidence.read_bytes().decode())
    except FileNotFoundError:
        message = f"`{path.name}` lies here without its evidence, `{evidence.name}`"
        return None, (_problem(path, 1, message),)
    except EvidenceError as error:
        return None, (_problem(evidence, error.line, f"`{evidence.name}` is not the table it was: {error.message}"),)
    except (OSError, UnicodeDecodeError) as error:
        return None, (_problem(evidence, 1, f"`{evidence.name}` cannot be read: {error}"),)
    try:
        return parse_lock(text, rows), ()
    except LockError as error:
        return None, (_located(path, text, error),)
    except tomllib.TOMLDecodeError as error:
        return None, (_not_toml(path, text, error),)


def locked_schemas(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The schemas of the tenants that the lock lists, by database; empty where there is no lock that can be read
    (``read_lock`` says why)."""
    try:
        tenants = read_tenants(tomllib.loads(path.read_bytes().decode()))
    except (OSError, ValueError):
        return {}
    schemas: dict[str, tuple[str, ...]] = {}
    for tenant in sorted(tenants, key=lambda tenant: tenant.name):
        if tenant.schema is not None:
            schemas[tenant.database] = (*schemas.get(tenant.database, ()), tenant.schema)
    return schemas


def locked_cohorts(path: Path) -> Mapping[str, str]:
    """The cohorts of the tenants that the lock lists, by what people call a tenant; empty where there is no lock."""
    try:
        tenants = read_tenants(tomllib.loads(path.read_bytes().decode()))
    except (OSError, ValueError):
        return {}
    return {
        tenant.name.removeprefix(f"{tenant.database}/"): tenant.cohort
        for tenant in tenants
        if tenant.cohort is not None
    }


def _problem(path: Path, line: int, message: str, column: int = 1) -> Problem:
    return Problem(
        rule=Rule.SETTINGS_INVALID,
        message=message,
        place=path.name,
        span=Span(path.name, line, column),
        consequence=_CONSEQUENCE,
        help=_HELP,
    )


def _located(path: Path, text: str, error: LockError) -> Problem:
    places = key_places(path.name, text)
    key = next((error.key[:length] for length in range(len(error.key), 0, -1) if error.key[:length] in places), None)
    span = Span(path.name, 1) if key is None else places[key]
    return _problem(path, span.line, f"`{path.name}` is not a lock: {error.message}", span.column)


def _not_toml(path: Path, text: str, error: tomllib.TOMLDecodeError) -> Problem:
    try:
        key_places(path.name, text)
    except TomlSyntaxError as found:
        return _problem(path, found.span.line, f"`{path.name}` is not valid TOML: {found.message}", found.span.column)
    return _problem(path, 1, f"`{path.name}` is not valid TOML: {error}")
