"""Triggers and row-level-security policies of the catalogue as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.schema import Firing, Policy, PolicyCommand, Trigger
from pytest_errorbudget.readers.catalog.constants import literal
from pytest_errorbudget.readers.catalog.expressions import rendered, rendered_when
from pytest_errorbudget.readers.catalog.objects import Objects

_FIRING: Mapping[str, Firing] = {
    "O": Firing.ORIGIN,
    "D": Firing.DISABLED,
    "R": Firing.REPLICA,
    "A": Firing.ALWAYS,
}
_COMMANDS: Mapping[str, PolicyCommand] = {
    "*": PolicyCommand.ALL,
    "r": PolicyCommand.SELECT,
    "a": PolicyCommand.INSERT,
    "w": PolicyCommand.UPDATE,
    "d": PolicyCommand.DELETE,
}
# Bits of pg_trigger.tgtype, from PostgreSQL's catalog/pg_trigger.h.
_ROW, _BEFORE, _INSERT, _DELETE, _UPDATE, _TRUNCATE, _INSTEAD = 1, 2, 4, 8, 16, 32, 64
_EVENTS = ((_INSERT, "insert"), (_DELETE, "delete"), (_UPDATE, "update"), (_TRUNCATE, "truncate"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an expression stands: the columns of its relation by number, and what its own schema is called in it."""

    objects: Objects
    columns: Mapping[int, str]
    own: Mapping[str, str]


def trigger(row: tuple[Any, ...], place: Place) -> Trigger:
    """From a row of ``sql/triggers.sql``."""
    _, name, function, _, _, enabled, *_ = row
    definition = " ".join(_definition(row, place))
    return Trigger(name=name, function=function, definition=definition, firing=_FIRING[enabled])


def _definition(row: tuple[Any, ...], place: Place) -> Iterator[str]:
    _, _, function, schema, bits, _, columns, when, arguments, is_constraint, deferrable, deferred, old, new = row
    yield "before" if bits & _BEFORE else "instead of" if bits & _INSTEAD else "after"
    updated = ", ".join(sorted(quoted(place.columns.get(number, f"#{number}")) for number in columns))
    events = (word for bit, word in _EVENTS if bits & bit)
    yield " or ".join(f"{event} of {updated}" if event == "update" and updated else event for event in events)
    if is_constraint:
        yield "constraint deferrable" if deferrable else "constraint not deferrable"
    if deferred:
        yield "initially deferred"
    if old is not None or new is not None:
        tables = (("old", old), ("new", new))
        yield f"referencing {' '.join(f'{word} table as {quoted(name)}' for word, name in tables if name is not None)}"
    yield "for each row" if bits & _ROW else "for each statement"
    if when is not None:
        yield f"when {rendered_when(when, place.objects, place.columns, place.own)}"
    home = place.own.get(schema, schema)
    called = quoted(function) if home == "public" else f"{quoted(home)}.{quoted(function)}"
    given = bytes(arguments).decode(errors="replace").split("\0")[:-1]
    yield f"execute function {called}({', '.join(map(literal, given))})"


def policy(row: tuple[Any, ...], place: Place) -> Policy:
    """From a row of ``sql/policies.sql``."""
    _, name, command, permissive, using, check = row
    return Policy(
        name=name,
        command=_COMMANDS[command],
        permissive=permissive,
        using=None if using is None else rendered(using, place.objects, place.columns, place.own),
        check=None if check is None else rendered(check, place.objects, place.columns, place.own),
    )
