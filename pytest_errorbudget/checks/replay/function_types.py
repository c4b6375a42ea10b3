"""What PostgreSQL's own functions return, from their arguments' types: ``pg_proc`` of PostgreSQL 18.

Every rule here holds for all overloads of its name in ``pg_catalog`` that take such arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pytest_errorbudget.checks.replay.common_type import (
    FLOAT8,
    INT4,
    INT8,
    LITERAL,
    NUMERIC,
    TEXT,
    common_type,
    is_catalog,
    plain,
)
from pytest_errorbudget.checks.replay.fixed_results import FIXED
from pytest_errorbudget.model.pgtype import CATALOG, PgType

Types = tuple[PgType | None, ...]

_STRINGS = ("text", "varchar", "bpchar", "name")
_INTEGERS = ("int2", "int4", "int8")
_FLOATS = ("float4", "float8")
_TIMES = ("date", "timestamp", "timestamptz", "interval", "time", "timetz")
_COMPARED = (*_INTEGERS, *_FLOATS, *_TIMES, "numeric", "text", "bpchar", "bytea", "oid", "money", "inet", "pg_lsn")


def builtin_result(name: str, arguments: Types) -> PgType | None:
    """The result of a function of ``pg_catalog``; ``None`` where these rules do not tell."""
    fixed = FIXED.get(name)
    if fixed is not None:
        return fixed
    rule = _BY_ARGUMENTS.get(name)
    if rule is None or not arguments:
        return None
    return rule(arguments)


def _first(arguments: Types) -> PgType | None:
    found = arguments[0]
    return None if found is None or found == LITERAL else plain(found)


def _common(arguments: Types) -> PgType | None:
    return common_type(arguments)


def _extreme(arguments: Types) -> PgType | None:
    """min and max: strings but ``bpchar`` as text; arrays and enums as they are."""
    found = _first(arguments)
    if found is None or found.dimensions:
        return found
    if found.schema != CATALOG:
        return found
    if is_catalog(found, "varchar", "name"):
        return TEXT
    return found if found.name in _COMPARED else None


def _sum(arguments: Types) -> PgType | None:
    found = _first(arguments)
    if found is None:
        return None
    if is_catalog(found, "int2", "int4"):
        return INT8
    if is_catalog(found, "int8"):
        return NUMERIC
    return found if is_catalog(found, "numeric", "float4", "float8", "interval", "money") else None


def _average(arguments: Types) -> PgType | None:
    found = _first(arguments)
    if found is None:
        return None
    if is_catalog(found, *_FLOATS):
        return FLOAT8
    if is_catalog(found, *_INTEGERS, "numeric"):
        return NUMERIC
    return found if is_catalog(found, "interval") else None


def _deviation(arguments: Types) -> PgType | None:
    found = _average(arguments)
    return None if found is not None and is_catalog(found, "interval") else found


def _rounded(arguments: Types) -> PgType | None:
    """ceil, round and their like know numeric and double precision; whole numbers take the latter."""
    found = _first(arguments)
    if found is None:
        return None
    if is_catalog(found, "numeric"):
        return NUMERIC
    if len(arguments) > 1:
        return NUMERIC if is_catalog(found, *_INTEGERS) else None
    return FLOAT8 if is_catalog(found, *_INTEGERS, *_FLOATS) else None


def _power(arguments: Types) -> PgType | None:
    if any(a is None or a == LITERAL or not is_catalog(a, *_INTEGERS, *_FLOATS, "numeric") for a in arguments):
        return None
    names = {a.name for a in arguments if a is not None}
    return NUMERIC if "numeric" in names and not names & set(_FLOATS) else FLOAT8


def _magnitude(arguments: Types) -> PgType | None:
    found = _first(arguments)
    return found if found is not None and is_catalog(found, *_INTEGERS, *_FLOATS, "numeric") else None


def _remainder(arguments: Types) -> PgType | None:
    exact = all(a is not None and is_catalog(a, *_INTEGERS, "numeric") for a in arguments)
    return common_type([None if a is None else plain(a) for a in arguments]) if exact else None


def _bits(arguments: Types) -> PgType | None:
    found = _first(arguments)
    return found if found is not None and is_catalog(found, *_INTEGERS) else None


def _truncated(arguments: Types) -> PgType | None:
    """date_trunc: a date counts as the preferred type of its kind."""
    if len(arguments) != 2:
        return PgType("timestamptz") if len(arguments) == 3 else None
    found = _first(arguments[1:])
    if found is None:
        return None
    if is_catalog(found, "date"):
        return PgType("timestamptz")
    return found if is_catalog(found, "timestamp", "timestamptz", "interval") else None


def _zoned(arguments: Types) -> PgType | None:
    """``x AT TIME ZONE zone`` is ``timezone(zone, x)``."""
    if len(arguments) != 2 or arguments[1] is None:
        return None
    turned = {
        "date": "timestamp",
        "timestamptz": "timestamp",
        "timestamp": "timestamptz",
        "time": "timetz",
        "timetz": "timetz",
    }
    found = arguments[1]
    return PgType(turned[found.name]) if is_catalog(found, *turned) else None


def _text(arguments: Types) -> PgType | None:
    """A function of strings that has other overloads too (ranges, bytes)."""
    found = arguments[0]
    return TEXT if found is not None and (found == LITERAL or is_catalog(found, *_STRINGS)) else None


def _text_or_bytes(arguments: Types) -> PgType | None:
    found = arguments[0]
    return PgType("bytea") if found is not None and is_catalog(found, "bytea") else _text(arguments)


def _length(arguments: Types) -> PgType | None:
    found = arguments[0]
    known = found is not None and (found == LITERAL or is_catalog(found, *_STRINGS, "bytea", "tsvector", "bit"))
    return INT4 if known else None


def _aggregated(arguments: Types) -> PgType | None:
    """array_agg: an array of its argument, and of arrays an array as they are."""
    found = arguments[0]
    return None if found is None or found == LITERAL else replace(plain(found), dimensions=1)


def _array(arguments: Types) -> PgType | None:
    found = _first(arguments)
    return found if found is not None and found.dimensions else None


def _second_array(arguments: Types) -> PgType | None:
    return _array(arguments[1:]) if len(arguments) > 1 else None


def _element(arguments: Types) -> PgType | None:
    found = _array(arguments)
    return found.element if found is not None and len(arguments) == 1 else None


def _series(arguments: Types) -> PgType | None:
    """generate_series over one type; a step of its own for times."""
    found = _first(arguments)
    if found is None or len(arguments) < 2:
        return None
    if is_catalog(found, "timestamp", "timestamptz"):
        second = arguments[1]
        return found if second is not None and plain(second) == found else None
    numbers = all(a is not None and is_catalog(a, "int4", "int8", "numeric") for a in arguments)
    return common_type([None if a is None else plain(a) for a in arguments]) if numbers else None


def _null_if(arguments: Types) -> PgType | None:
    """The first argument as ``=`` takes it: a varchar as text."""
    if len(arguments) != 2 or arguments[0] is None or arguments[1] is None or arguments[0] == LITERAL:
        return None
    first, second = arguments[0], arguments[1]
    both_whole = is_catalog(first, *_INTEGERS) and is_catalog(second, *_INTEGERS)
    both_text = is_catalog(first, "text", "varchar") and (second == LITERAL or is_catalog(second, "text", "varchar"))
    if both_text:
        return TEXT
    if both_whole or ((second == LITERAL or plain(second) == plain(first)) and not is_catalog(first, "varchar")):
        return first
    return None


def _date(arguments: Types) -> PgType | None:
    return PgType("date") if arguments[0] is not None else None


def _age(arguments: Types) -> PgType | None:
    found = _first(arguments)
    return PgType("interval") if found is not None and is_catalog(found, "date", "timestamp", "timestamptz") else None


_BY_ARGUMENTS: dict[str, Callable[[Types], PgType | None]] = {
    **dict.fromkeys(("coalesce", "greatest", "least"), _common),
    **dict.fromkeys(("min", "max"), _extreme),
    **dict.fromkeys(("first_value", "last_value", "nth_value", "any_value"), _first),
    **dict.fromkeys(("stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp"), _deviation),
    **dict.fromkeys(("round", "trunc", "ceil", "ceiling", "floor", "sqrt", "exp", "ln", "sign"), _rounded),
    **dict.fromkeys(("power", "pow"), _power),
    **dict.fromkeys(("lower", "upper"), _text),
    **dict.fromkeys(("substring", "substr", "btrim", "ltrim", "rtrim", "reverse", "string_agg"), _text_or_bytes),
    **dict.fromkeys(("bit_and", "bit_or", "bit_xor"), _bits),
    **dict.fromkeys(("array_append", "array_remove", "array_replace", "array_cat"), _array),
    "abs": _magnitude,
    "age": _age,
    "array_agg": _aggregated,
    "array_prepend": _second_array,
    "avg": _average,
    "date": _date,
    "date_trunc": _truncated,
    "generate_series": _series,
    "length": _length,
    "mod": _remainder,
    "nullif": _null_if,
    "sum": _sum,
    "timezone": _zoned,
    "unnest": _element,
}


def lagged(arguments: Types) -> PgType | None:
    """lag and lead: their first argument, which a default of another type may widen."""
    if len(arguments) < 3:
        return _first(arguments) if arguments else None
    found = common_type([arguments[0], arguments[2]])
    return None if found is None or found == LITERAL else plain(found)


_BY_ARGUMENTS["lag"] = lagged
_BY_ARGUMENTS["lead"] = lagged
