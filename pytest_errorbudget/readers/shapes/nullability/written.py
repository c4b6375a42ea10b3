"""Columns that RETURNING gives: what the statement put there, what was there, and what a trigger may make of it."""

from __future__ import annotations

import re

from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, worst
from pytest_errorbudget.readers.shapes.nullability.scope import DELETE, INSERT, UPDATE, Scope
from pytest_errorbudget.readers.shapes.tree import Node

_OLD, _NEW = 1, 2
_ON_INSERT, _ON_UPDATE = 4, 16
_EVENTS = {INSERT: _ON_INSERT, UPDATE: _ON_UPDATE}
_WHOLE_ROW = re.compile(r"\bnew\s*:?=|\binto\s+(strict\s+)?new\b|\breturn\s+(?!new\b|null\b|old\b)", re.IGNORECASE)


def returned_column(node: Node, scope: Scope) -> Nullity:
    """Of a VAR of the written table in RETURNING."""
    command, attribute = scope.query["commandType"], node["varattno"]
    image = node["varreturningtype"]
    if (command == INSERT and image == _OLD) or (command == DELETE and image == _NEW):
        return Nullity.UNKNOWN  # there is no such row; with ON CONFLICT there may be
    entry = scope.entry(int(scope.query["resultRelation"]))
    relation = int(entry["relid"])
    if attribute <= 0:
        return Nullity.NEVER if entry["relkind"] in {"r", "p"} else Nullity.UNKNOWN
    if entry["relkind"] in {"r", "p"} and scope.catalogue.never_null(relation, attribute):
        return Nullity.NEVER
    found = scope.catalogue.columns.get((relation, attribute))
    if found is None or found.calculated or entry["relkind"] not in {"r", "p"}:
        return Nullity.UNKNOWN
    if command in {INSERT, UPDATE} and image != _OLD:
        return _after(relation, attribute, found.ref.column, scope)
    if command in {UPDATE, DELETE}:
        return _before(node, scope)
    return Nullity.UNKNOWN


def _before(node: Node, scope: Scope) -> Nullity:
    """A column that the statement leaves as it is: WHERE may say that it is not NULL."""
    forced = (node["varno"], node["varattno"]) in scope.forced.columns
    return Nullity.NEVER if forced else Nullity.CAN


def _after(relation: int, attribute: int, name: str, scope: Scope) -> Nullity:
    command = scope.query["commandType"]
    conflict = scope.query.get("onConflict", {})
    events = _EVENTS[command] | (_ON_UPDATE if conflict.get("action") == "2" else 0)
    if _may_be_set(relation, name, events, scope):
        return Nullity.UNKNOWN
    node = {"varno": int(scope.query["resultRelation"]), "varattno": attribute}
    if command == UPDATE:
        given = _assigned(scope.query["targetList"], attribute)
        return _before(node, scope) if given is None else _value(given, scope)
    given = _assigned(scope.query["targetList"], attribute)
    found = [Nullity.CAN if given is None else _value(given, scope)]
    if conflict.get("action") == "2":
        changed = _assigned(conflict.get("onConflictSet", []), attribute)
        found.append(Nullity.CAN if changed is None else _value(changed, scope))
    return worst(found)


def _assigned(targets: list[Node], attribute: int) -> Node | None:
    for target in targets:
        if int(target["resno"]) == attribute and "resjunk" not in target:
            return target.get("expr")
    return None


def _value(given: Node, scope: Scope) -> Nullity:
    """A parameter that is NULL is stored as NULL."""
    found = scope.ask.expression(given, scope.before())
    return Nullity.CAN if found is Nullity.PARAMETER else found


def _may_be_set(relation: int, name: str, events: int, scope: Scope) -> bool:
    """Whether a BEFORE trigger may give the column another value."""
    column = re.compile(rf'\bnew\s*\.\s*"?{re.escape(name)}\b', re.IGNORECASE)
    for trigger in scope.catalogue.triggers.get(relation, ()):
        if not trigger.events & events:
            continue
        if trigger.language != "plpgsql" or column.search(trigger.source) or _WHOLE_ROW.search(trigger.source):
            return True
    return False
