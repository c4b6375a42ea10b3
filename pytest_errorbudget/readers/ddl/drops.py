"""DROP, one change an object."""

from __future__ import annotations

from pytest_errorbudget.model.change import Change, Drop, DropRoutines
from pytest_errorbudget.model.change_parts import Dependents, DroppedKind, Existing
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.guards import drop_guard
from pytest_errorbudget.readers.ddl.routines import identifiers
from pytest_errorbudget.readers.ddl.words import NotUnderstood

_KINDS = (
    (("materialized", "view"), DroppedKind.RELATION),
    (("foreign", "table"), DroppedKind.RELATION),
    (("table",), DroppedKind.RELATION),
    (("view",), DroppedKind.RELATION),
    (("index",), DroppedKind.INDEX),
    (("type",), DroppedKind.TYPE),
    (("domain",), DroppedKind.TYPE),
    (("schema",), DroppedKind.SCHEMA),
    (("extension",), DroppedKind.EXTENSION),
)
_ROUTINES = frozenset({"function", "procedure", "routine"})
_CARRIED = frozenset({"aggregate", "sequence", "operator", "cast", "owned"})


def drop(cursor: Cursor) -> tuple[Change, ...]:
    """After DROP. With CASCADE, a function or a sequence takes defaults, indexes and views with it: not followed."""
    for keys, kind in _KINDS:
        if cursor.accept(*keys):
            return _listed(cursor, kind)
    if cursor.key in {"trigger", "policy"}:
        return drop_guard(cursor, cursor.next().key)
    if cursor.key in {"function", "procedure", "routine"} and any(
        word.key == "cascade" for word in cursor.copy().rest()
    ):
        return (_routines(cursor),)
    if cursor.key in _CARRIED and any(word.key == "cascade" for word in cursor.rest()):
        raise NotUnderstood("DROP … CASCADE of an object that columns may depend on")
    return ()


def _routines(cursor: Cursor) -> Change:
    cursor.next()
    cursor.accept("if", "exists")
    listed = cursor.parts(cursor.until(frozenset({"cascade"})))
    names = tuple(cursor.inside(part).qualified().name for part in listed)
    cursor.rest()
    return DropRoutines(names=names, statement=cursor.sql, mentions=identifiers(cursor.sql), origin=cursor.span(0))


def _listed(cursor: Cursor, kind: DroppedKind) -> tuple[Change, ...]:
    cursor.accept("concurrently")
    missing = Existing.SKIPS if cursor.accept("if", "exists") else Existing.FAILS
    names = [cursor.qualified()]
    while cursor.accept(","):
        names.append(cursor.qualified())
    dependents = Dependents.CASCADE if cursor.accept("cascade") else Dependents.RESTRICT
    origin = cursor.span(0)
    return tuple(Drop(kind=kind, name=name, dependents=dependents, missing=missing, origin=origin) for name in names)
