"""``errorbudget.lock``: the tenants and the thresholds as TOML, sorted, one fact a line, so that a merge shows each
change. Numbers that are not whole are fractions in text (``"72/5"``), with a decimal for people as a comment."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from pytest_errorbudget.model.formats.moment import format_moment, parse_moment
from pytest_errorbudget.model.formats.wording import decimal
from pytest_errorbudget.model.threshold import Basis, Evidence, LockedTenant, LockedThresholds, Outlier, Threshold

VERSION = 1
_HEAD = "# Written by `pytest --errorbudget --errorbudget-update`: change the settings or the events, not this file."

Key = tuple[str | int, ...]


class LockError(ValueError):
    """The text is not a lock; ``key`` leads to what is wrong (``("threshold", 0, "burn")``)."""

    def __init__(self, message: str, key: Key) -> None:
        super().__init__(message)
        self.message = message
        self.key = key


def write_lock(locked: LockedThresholds) -> str:
    """The lock without its evidence, which is a table of its own."""
    return "\n".join((*_general(locked), *_tenants(locked), *_outliers(locked), *_thresholds(locked), ""))


def _general(locked: LockedThresholds) -> Iterator[str]:
    yield _HEAD
    yield f"version = {VERSION}"
    yield f"as-of = {_text(format_moment(locked.as_of_us))}"
    yield f"confidence = {_fraction(locked.confidence)}"
    yield f"counts = {_text(locked.counts_digest)}"
    yield f"evidence = {_text(locked.evidence_digest)}"


def _tenants(locked: LockedThresholds) -> Iterator[str]:
    yield from ("", "[tenants]")
    for tenant in sorted(locked.tenants, key=lambda tenant: tenant.name):
        parts = {"cohort": tenant.cohort, "database": tenant.database, "schema": tenant.schema}
        written = ", ".join(f"{key} = {_text(value)}" for key, value in parts.items() if value is not None)
        yield f"{_text(tenant.name)} = {{ {written} }}"


def _outliers(locked: LockedThresholds) -> Iterator[str]:
    for one in sorted(locked.outliers, key=lambda one: (one.cohort, one.slo, one.tenant)):
        yield from ("", "[[outlier]]")
        yield f"cohort = {_text(one.cohort)}"
        yield f"slo = {_text(one.slo)}"
        yield f"tenant = {_text(one.tenant)}"
        yield f"bad = {one.bad}"
        yield f"valid = {one.valid}"
        if one.distance is not None:
            yield f"distance = {_fraction(one.distance)}"


def _thresholds(locked: LockedThresholds) -> Iterator[str]:
    for one in sorted(locked.thresholds, key=lambda one: (one.cohort, one.slo)):
        yield from ("", "[[threshold]]")
        yield f"cohort = {_text(one.cohort)}"
        yield f"slo = {_text(one.slo)}"
        yield f"burn = {_fraction(one.burn)}"
        yield f"basis = {_text(one.basis.value)}"
        if one.bound is not None:
            yield f"bound = {_fraction(one.bound)}"
        yield f"confidence = {_fraction(one.confidence)}"
        yield f"reliable = {str(one.reliable).lower()}"
        yield f"windows = {one.windows}"
        yield f"tenants = {_list(one.tenants)}"
        yield f"outliers = {_list(one.outliers)}"
        yield f"long-us = {one.long_us}"
        yield f"short-us = {one.short_us}"
        yield f"failing-slots = {one.failing_slots}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(names: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_text, names))}]"


def _fraction(value: Fraction) -> str:
    written = _text(f"{value.numerator}/{value.denominator}")
    return f"{written} # {decimal(value, 6).rstrip('0').rstrip('.')}"


def read_lock(text: str, evidence: tuple[Evidence, ...]) -> LockedThresholds:
    """The lock with its evidence. Raises ``LockError``, and ``tomllib.TOMLDecodeError`` for what is not TOML."""
    document = tomllib.loads(text)
    version = document.get("version")
    if version != VERSION:
        raise LockError(f"version {version} of the lock is not {VERSION}: write it anew", ("version",))
    return LockedThresholds(
        as_of_us=_moment(document, ("as-of",)),
        counts_digest=_read(document, ("counts",), str),
        evidence_digest=_read(document, ("evidence",), str),
        confidence=_exact(document, ("confidence",)),
        thresholds=tuple(_threshold(table, ("threshold", n)) for n, table in _tables(document, "threshold")),
        outliers=tuple(_outlier(table, ("outlier", n)) for n, table in _tables(document, "outlier")),
        evidence=evidence,
        tenants=read_tenants(document),
    )


def read_tenants(document: Mapping[str, Any]) -> tuple[LockedTenant, ...]:
    """The tenants that a lock lists, from its parsed TOML. Raises ``LockError``."""
    tenants = _read(document, ("tenants",), dict)
    return tuple(_tenant(table, name) for name, table in tenants.items())


def _tenant(table: object, name: str) -> LockedTenant:
    key: Key = ("tenants", name)
    if not isinstance(table, dict):
        raise LockError(f"the tenant `{name}` is not a table", key)
    return LockedTenant(
        name=name,
        database=_read(table, (*key, "database"), str),
        cohort=_read(table, (*key, "cohort"), str) if "cohort" in table else None,
        schema=_read(table, (*key, "schema"), str) if "schema" in table else None,
    )


def _tables(document: Mapping[str, Any], name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    tables = document.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise LockError(f"`{name}` is not a list of tables", (name,))
    yield from enumerate(tables)


def _outlier(table: Mapping[str, Any], key: Key) -> Outlier:
    return Outlier(
        tenant=_read(table, (*key, "tenant"), str),
        slo=_read(table, (*key, "slo"), str),
        cohort=_read(table, (*key, "cohort"), str),
        bad=_read(table, (*key, "bad"), int),
        valid=_read(table, (*key, "valid"), int),
        distance=_exact(table, (*key, "distance")) if "distance" in table else None,
    )


def _threshold(table: Mapping[str, Any], key: Key) -> Threshold:
    return Threshold(
        cohort=_read(table, (*key, "cohort"), str),
        slo=_read(table, (*key, "slo"), str),
        burn=_exact(table, (*key, "burn")),
        basis=_basis(table, (*key, "basis")),
        bound=_exact(table, (*key, "bound")) if "bound" in table else None,
        confidence=_exact(table, (*key, "confidence")),
        reliable=_read(table, (*key, "reliable"), bool),
        windows=_read(table, (*key, "windows"), int),
        tenants=_names(table, (*key, "tenants")),
        outliers=_names(table, (*key, "outliers")),
        long_us=_read(table, (*key, "long-us"), int),
        short_us=_read(table, (*key, "short-us"), int),
        failing_slots=_read(table, (*key, "failing-slots"), int),
    )


def _read(table: Mapping[str, Any], key: Key, kind: type[Any]) -> Any:
    name = str(key[-1])
    if name not in table:
        raise LockError(f"`{name}` is missing", key[:-1])
    value = table[name]
    if type(value) is not kind:
        raise LockError(f"`{name}` is {value!r}, which is not {_KINDS[kind]}", key)
    return value


_KINDS: Mapping[type[Any], str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
}


def _exact(table: Mapping[str, Any], key: Key) -> Fraction:
    text = _read(table, key, str)
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise LockError(f"`{key[-1]}` is `{text}`, which is not a fraction such as `72/5`", key) from None


def _moment(table: Mapping[str, Any], key: Key) -> int:
    try:
        return parse_moment(_read(table, key, str))
    except LockError:
        raise
    except ValueError as error:
        raise LockError(str(error), key) from None


def _basis(table: Mapping[str, Any], key: Key) -> Basis:
    text = _read(table, key, str)
    try:
        return Basis(text)
    except ValueError:
        known = ", ".join(f"`{basis.value}`" for basis in Basis)
        raise LockError(f"`{key[-1]}` is `{text}`, which is none of {known}", key) from None


def _names(table: Mapping[str, Any], key: Key) -> tuple[str, ...]:
    names = _read(table, key, list)
    if not all(isinstance(name, str) for name in names):
        raise LockError(f"`{key[-1]}` is not a list of names", key)
    return tuple(names)
