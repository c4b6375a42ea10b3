"""The one type of several expressions: ``select_common_type`` of PostgreSQL's parse_coerce.c.

``None`` is a type that is not known here; ``LITERAL`` that of a string or NULL which takes whatever is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_errorbudget.model.pgtype import CATALOG, UNKNOWN, PgType

LITERAL = UNKNOWN
TEXT, BOOL = PgType("text"), PgType("bool")
INT4, INT8, NUMERIC, FLOAT8 = PgType("int4"), PgType("int8"), PgType("numeric"), PgType("float8")
# Categories of types with an implicit cast from each to all that come later; the last is the preferred one.
_WIDENING = (
    ("int2", "int4", "int8", "numeric", "float4", "float8"),
    ("date", "timestamp", "timestamptz"),
    ("time", "timetz"),
)
# Each casts to each implicitly, so that the first stays.
_STRINGS = frozenset({"text", "varchar", "bpchar"})


def plain(found: PgType) -> PgType:
    """Without length, precision or interval fields: what a function or an operator gives."""
    return replace(found, modifiers=(), fields="")


def is_catalog(found: PgType, *names: str) -> bool:
    """A scalar of one of these built-in types."""
    return found.schema == CATALOG and found.dimensions == 0 and found.name in names


def common_type(found: Sequence[PgType | None]) -> PgType | None:
    """The common type in the order of the expressions, with its modifiers only where all agree."""
    if not found:
        return None
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    if len(set(known)) == 1:
        return known[0]
    typed = [one for one in known if one != LITERAL]
    first = typed[0]
    chosen = plain(first)
    for other in typed[1:]:
        widened = _wider(chosen, plain(other))
        if widened is None:
            return None
        chosen = widened
    return chosen


def settled(found: PgType | None) -> PgType | None:
    """What a literal becomes where nothing asks for another type."""
    return TEXT if found == LITERAL else found


def _wider(chosen: PgType, other: PgType) -> PgType | None:
    if chosen == other:
        return chosen
    if chosen.schema != CATALOG or other.schema != CATALOG or chosen.dimensions or other.dimensions:
        return None
    for names in _WIDENING:
        if chosen.name in names and other.name in names:
            return _by_rank(chosen, other, names)
    return chosen if {chosen.name, other.name} <= _STRINGS else None


def _by_rank(chosen: PgType, other: PgType, names: tuple[str, ...]) -> PgType:
    return chosen if names.index(chosen.name) >= names.index(other.name) else other
