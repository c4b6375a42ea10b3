"""Functions and procedures: programs that these rules do not run. What they may touch is what they mention."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from pytest_errorbudget.model.change import CallRoutines, Change, CreateRoutine
from pytest_errorbudget.model.change_guard import LeaveGuards
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.guards import alters_guards, builds_statements
from pytest_errorbudget.readers.ddl.types import declared
from pytest_errorbudget.readers.ddl.words import NotUnderstood, Word, folded

# Functions of a SELECT that stands alone, as migrations write it, and that change no schema.
HARMLESS = frozenset(
    {
        *("array_agg", "avg", "coalesce", "concat", "count", "currval", "exists", "extract", "format", "length"),
        *("jsonb_build_object", "lower", "max", "min", "nextval", "now", "nullif", "row_number", "set_config"),
        *("pg_advisory_lock", "pg_advisory_unlock", "pg_advisory_xact_lock", "pg_get_serial_sequence", "pg_notify"),
        *("pg_sleep", "setval", "string_agg", "sum", "unnest", "upper", "in", "values", "and", "or", "from", "as"),
    }
)
_CHANGES_SCHEMA = re.compile(r"\b(?:alter|create|drop|execute|perform|call)\b", re.I)
_RUNS_OTHERS = re.compile(r"\b(?:execute|perform|call)\b", re.I)
_CHANGE = re.compile(r"\b(?:alter|create|drop)\b[^;]*", re.I)
# Triggers and policies change no column (``guards`` looks at them), and a temporary table does not outlast the session.
_APART = (
    r"(?:create\s+(?:or\s+replace\s+)?(?:constraint\s+)?|drop\s+)(?:trigger|policy)\b|create\s+temp(?:orary)?\s+table\b"
)
_HARMLESS_DDL = re.compile(rf"\bexecute\s+(?:format\s*\(\s*)?'(?:{_APART})[^']*'[^;]*|\b(?:{_APART})[^;]*", re.I)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
_IDENTIFIER = re.compile(r'"((?:[^"]|"")+)"|([^\W\d]\w*)')
_CALLED = re.compile(r"call\s+(?:\w+\s*\.\s*)*(\w+)\s*\(", re.I)


def identifiers(text: str) -> frozenset[str]:
    """Every identifier in a text, inside strings too."""
    return frozenset(quoted.replace('""', '"') or folded(bare) for quoted, bare in _IDENTIFIER.findall(text))


def touched(body: str) -> frozenset[str] | None:
    """The identifiers of a program's statements that may change the schema; ``None`` where it has none.

    A program that builds statements or runs other programs may change whatever it names anywhere.
    """
    if _CHANGES_SCHEMA.search(body) is None:
        return None
    code = _HARMLESS_DDL.sub(" ", _COMMENT.sub(" ", body))
    if _RUNS_OTHERS.search(code):
        return identifiers(code)
    found = [identifiers(statement) for statement in _CHANGE.findall(code)]
    return frozenset[str]().union(*found) if found else None


def create_routine(cursor: Cursor) -> tuple[Change, ...]:
    """After ``CREATE [OR REPLACE] FUNCTION`` or ``PROCEDURE``."""
    name = cursor.qualified().name
    body = cursor.sql[cursor.place :]
    mentions = touched(body)
    result = _result(cursor) if cursor.key == "(" else None
    origin = cursor.span(0)
    guards = _guards(body, origin)
    return (CreateRoutine(name=name, mentions=mentions, result=result, guards=guards, origin=origin),)


def _guards(body: str, origin: Span) -> LeaveGuards | None:
    """What a program may drop or alter of triggers and policies."""
    if not alters_guards(body):
        return None
    return LeaveGuards(mentions=None if builds_statements(body) else identifiers(body), origin=origin)


def _result(cursor: Cursor) -> PgType | None:
    """The type after RETURNS, if it is one and the same for every call; modifiers are not kept by PostgreSQL."""
    cursor.group()
    if not cursor.accept("returns") or cursor.key in {"setof", "table"}:
        return None
    found = declared(cursor).type
    return None if found.name.startswith("any") or found.name == "record" else replace(found, modifiers=(), fields="")


def block(cursor: Cursor) -> tuple[Change, ...]:
    """After DO."""
    body = cursor.sql[cursor.place :]
    mentions = touched(body)
    if mentions is None:
        cursor.rest()
        guards = _guards(body, cursor.span(0))
        return () if guards is None else (guards,)
    raise NotUnderstood("a DO block is a program", mentions)


def call(cursor: Cursor) -> tuple[Change, ...]:
    """CALL, whose rest sqlglot keeps as text."""
    found = _CALLED.match(cursor.sql)
    if found is None:
        raise NotUnderstood("a procedure is a program")
    cursor.rest()
    return (_calling(cursor, (folded(found[1]),)),)


def calls(cursor: Cursor, items: tuple[Word, ...]) -> tuple[Change, ...]:
    """The routines that a SELECT calls, if any of them may change the schema."""
    names = tuple(
        word.value
        for word, after in pairwise(items)
        if after.key == "(" and word.is_name and word.end == after.start and word.value not in HARMLESS
    )
    if not names:
        return ()
    cursor.rest()
    return (_calling(cursor, names),)


def _calling(cursor: Cursor, names: tuple[str, ...]) -> CallRoutines:
    mentions = identifiers(cursor.sql)
    return CallRoutines(names=names, statement=cursor.sql, mentions=mentions, origin=cursor.span(0))
