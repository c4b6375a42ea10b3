"""Triggers and row-level security: CREATE, ALTER and DROP of TRIGGER and POLICY, and their actions of ALTER TABLE.

What of these statements is written otherwise changes no column, so it is left to the real replay.
"""

from __future__ import annotations

import re

from pytest_errorbudget.model.change import Change
from pytest_errorbudget.model.change_guard import (
    CreatePolicy,
    CreateTrigger,
    DropPolicy,
    DropTrigger,
    MoveRoutine,
    RenamePolicy,
    RenameTrigger,
    SetFiring,
    SetRowSecurity,
)
from pytest_errorbudget.model.change_parts import Existing, Name
from pytest_errorbudget.model.schema import Firing, PolicyCommand
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.words import NotUnderstood, Word

_ON = frozenset({"on"})
_EXECUTE = frozenset({"execute"})
_COMMA = frozenset({","})
_ROW_SECURITY = ("row", "level", "security")
_ALTERS = re.compile(
    r"\b(?:drop|alter)\s+(?:trigger|policy)\b|\b(?:enable|disable)\s+(?:always\s+|replica\s+)?trigger\b"
    r"|\brow\s+level\s+security\b",
    re.IGNORECASE,
)
_BUILDS = re.compile(r"\bexecute\b", re.IGNORECASE)


def alters_guards(body: str) -> bool:
    """Whether a program drops or alters triggers or policies."""
    return _ALTERS.search(body) is not None


def builds_statements(body: str) -> bool:
    return _BUILDS.search(body) is not None


def create_trigger(cursor: Cursor) -> tuple[Change, ...]:
    """After ``CREATE [OR REPLACE] [CONSTRAINT] TRIGGER``."""
    try:
        name = cursor.name()
        before = cursor.until(_ON)
        cursor.expect("on")
        table = cursor.qualified()
        condition = cursor.until(_EXECUTE)
        cursor.expect("execute")
        cursor.one_of("function", "procedure")
        function = cursor.qualified()
    except NotUnderstood:
        return ()
    finally:
        cursor.rest()
    mentions = _names(before) | _names(condition)
    return (CreateTrigger(table=table, name=name, function=function, mentions=mentions, origin=cursor.span(0)),)


def create_policy(cursor: Cursor) -> tuple[Change, ...]:
    """After ``CREATE POLICY``."""
    try:
        name = cursor.name()
        cursor.expect("on")
        table = cursor.qualified()
        permissive = True
        if cursor.accept("as"):
            permissive = cursor.one_of("permissive", "restrictive") == "permissive"
        command = PolicyCommand.ALL
        if cursor.accept("for"):
            command = PolicyCommand(cursor.one_of(*(one.value for one in PolicyCommand)))
    except NotUnderstood:
        return ()
    finally:
        rest = cursor.rest()
    return (
        CreatePolicy(
            table=table,
            name=name,
            command=command,
            permissive=permissive,
            mentions=_names(rest),
            origin=cursor.span(0),
        ),
    )


def _names(items: tuple[Word, ...]) -> frozenset[str]:
    return frozenset(word.value for word in items if word.is_name)


def drop_guard(cursor: Cursor, kind: str) -> tuple[Change, ...]:
    """After ``DROP TRIGGER`` or ``DROP POLICY``."""
    cursor.accept("if", "exists")
    name, table = _name_on(cursor)
    cursor.rest()
    change = DropTrigger if kind == "trigger" else DropPolicy
    return (change(table=table, name=name, origin=cursor.span(0)),)


def alter_guard(cursor: Cursor, kind: str) -> tuple[Change, ...]:
    """After ``ALTER TRIGGER`` or ``ALTER POLICY``: only a new name is a change here."""
    name, table = _name_on(cursor)
    if not cursor.accept("rename", "to"):
        cursor.rest()
        return ()
    change = RenameTrigger if kind == "trigger" else RenamePolicy
    return (change(table=table, name=name, to=cursor.name(), origin=cursor.span(0)),)


def alter_routine(cursor: Cursor) -> tuple[Change, ...]:
    """After ``ALTER FUNCTION``, ``PROCEDURE`` or ``ROUTINE``."""
    name = cursor.qualified().name
    if cursor.key == "(":
        cursor.group()
    if cursor.accept("rename", "to"):
        return (MoveRoutine(name=name, to=cursor.name(), origin=cursor.span(0)),)
    if cursor.accept("set", "schema"):
        return (MoveRoutine(name=name, schema=cursor.name(), origin=cursor.span(0)),)
    cursor.rest()
    return ()


def _name_on(cursor: Cursor) -> tuple[str, Name]:
    name = cursor.name()
    cursor.expect("on")
    return name, cursor.qualified()


def guard_action(cursor: Cursor, table: Name, missing: Existing, start: int) -> Change | None:
    """An action of ALTER TABLE; of rules and replica identity nothing is kept."""
    security = _row_security(cursor, table, missing, start)
    if security is not None:
        return security
    verb = cursor.next().key
    mode = cursor.one_of("replica", "always") if cursor.key in {"replica", "always"} else ""
    if verb not in {"enable", "disable"} or not cursor.accept("trigger"):
        cursor.until(_COMMA)
        return None
    everyone = cursor.key in {"all", "user"}
    name = cursor.next().value if everyone else cursor.name()
    firing = {"replica": Firing.REPLICA, "always": Firing.ALWAYS}.get(mode, Firing.ORIGIN)
    return SetFiring(
        table=table,
        name=None if everyone else name,
        firing=Firing.DISABLED if verb == "disable" else firing,
        missing=missing,
        origin=cursor.span(start),
    )


def _row_security(cursor: Cursor, table: Name, missing: Existing, start: int) -> Change | None:
    enabled = forced = None
    if cursor.accept("enable", *_ROW_SECURITY):
        enabled = True
    elif cursor.accept("disable", *_ROW_SECURITY):
        enabled = False
    elif cursor.accept("force", *_ROW_SECURITY):
        forced = True
    elif cursor.accept("no", "force", *_ROW_SECURITY):
        forced = False
    else:
        return None
    return SetRowSecurity(table=table, enabled=enabled, forced=forced, missing=missing, origin=cursor.span(start))
