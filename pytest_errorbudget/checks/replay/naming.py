"""The names that PostgreSQL chooses: ``makeObjectName``, ``ChooseIndexName`` and their kin (indexcmds.c)."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_errorbudget.checks.replay.state import State, TableState

_LONGEST = 63


def object_name(first: str, second: str, label: str) -> str:
    """``first_second_label`` in 63 bytes: the longer of the two names is cut first, by bytes, at whole characters."""
    overhead = (1 if second else 0) + (len(label) + 1 if label else 0)
    one, two = len(first.encode()), len(second.encode())
    while one + two > _LONGEST - overhead:
        if one > two:
            one -= 1
        else:
            two -= 1
    return "_".join(part for part in (_cut(first, one), _cut(second, two), label) if part)


def relation_name(state: State, table: TableState, columns: str, label: str, is_constraint: bool = False) -> str:
    """The first free name for an index: ``label``, then ``label1``, ``label2`` …"""
    for attempt in _labels(label):
        name = object_name(table.name, columns, attempt)
        key = (table.schema, name)
        if not state.relation_name_taken(key) and not (is_constraint and state.constraint_name_taken(key)):
            return name
    raise AssertionError("labels never end")


def constraint_name(state: State, table: TableState, columns: str, label: str) -> str:
    for attempt in _labels(label):
        name = object_name(table.name, columns, attempt)
        if not state.constraint_name_taken((table.schema, name)):
            return name
    raise AssertionError("labels never end")


def columns_part(labels: Iterable[str]) -> str:
    """The columns' part of a name: joined until it is long enough to be cut."""
    text = ""
    for label in labels:
        text = f"{text}_{label}" if text else label
        if len(text.encode()) > _LONGEST:
            break
    return _cut(text, _LONGEST)


def distinct_labels(labels: Iterable[str]) -> list[str]:
    """``ChooseIndexColumnNames``: a label that comes again is numbered."""
    found: list[str] = []
    for label in labels:
        name, number = label, 1
        while name in found:
            suffix = str(number)
            name, number = _cut(label, _LONGEST - len(suffix)) + suffix, number + 1
        found.append(name)
    return found


def _labels(label: str) -> Iterable[str]:
    yield label
    number = 0
    while True:
        number += 1
        yield f"{label}{number}"


def _cut(text: str, size: int) -> str:
    return text if len(text.encode()) <= size else text.encode()[:size].decode(errors="ignore")
