"""What an SLO makes of a row: 0 not a valid event, 1 good, 2 bad, 3 invalid (a predicate is null)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from sqlglot import exp

from pytest_errorbudget.readers.events.aggregation.question import Predicates
from pytest_errorbudget.readers.events.aggregation.usable import integer, number

_MOST_CONDITIONS = 6
_TRUTHS = (False, True, None)
"""By the digit of base 3 that stands for each."""


def verdict(predicates: Predicates) -> exp.Expr:
    """Written as arithmetic, which engines compute faster than a CASE."""
    judged = exp.Sub(this=number(2), expression=_truth(predicates.good))
    found: exp.Expr = exp.Coalesce(this=judged, expressions=[number(3)])
    if predicates.where is not None:
        found = exp.Mul(this=_truth(predicates.where), expression=found)
        found = exp.Coalesce(this=found, expressions=[number(3)])
    return found


def looked_up(predicates: Predicates, values: Sequence[int]) -> exp.Expr:
    """DuckDB's expression for ``values[verdict]``, in a list of what each outcome of the single conditions gives.

    A condition that reads one column is judged once a value where a file says its values once, and all behind it is
    one look into the list: a quarter of the time that the arithmetic takes.
    """
    written = [part for part in (predicates.where, predicates.good) if part is not None]
    conditions = {one.sql(): one for part in written for one in _conditions(part)}
    if len(conditions) > _MOST_CONDITIONS:
        return _element(values, integer(verdict(predicates)))
    outcomes = []
    for truths in product(_TRUTHS, repeat=len(conditions)):
        # the first condition is the lowest digit
        known = dict(zip(conditions, reversed(truths), strict=True))
        outcomes.append(values[_judged(predicates, known)])
    code: exp.Expr = number(0)
    for place, condition in enumerate(conditions.values()):
        code = exp.Add(this=code, expression=_digit(condition, 3**place))
    return _element(outcomes, code)


def _element(values: Sequence[int], place: exp.Expr) -> exp.Expr:
    listed = exp.Array(expressions=[number(value) for value in values])
    return exp.Anonymous(this="list_extract", expressions=[listed, exp.Add(this=place, expression=number(1))])


def _digit(condition: exp.Expr, weight: int) -> exp.Expr:
    cases = exp.Case().when(condition.copy(), number(weight)).when(exp.paren(condition).not_(), number(0))
    return exp.cast(cases.else_(number(2 * weight)), "smallint", copy=False)


def _conditions(predicate: exp.Expr) -> list[exp.Expr]:
    """The parts that AND, OR and NOT join, in order."""
    match predicate:
        case exp.And() | exp.Or():
            return [*_conditions(predicate.this), *_conditions(predicate.expression)]
        case exp.Not() | exp.Paren():
            return _conditions(predicate.this)
        case _:
            return [predicate]


def _judged(predicates: Predicates, known: Mapping[str, bool | None]) -> int:
    fits = True if predicates.where is None else _outcome(predicates.where, known)
    if fits is None:
        return 3
    good = _outcome(predicates.good, known)
    return (3 if good is None else 1 if good else 2) if fits else 0


def _outcome(predicate: exp.Expr, known: Mapping[str, bool | None]) -> bool | None:
    """As SQL joins truths, of which one may be null."""
    match predicate:
        case exp.And() | exp.Or():
            sides = {_outcome(predicate.this, known), _outcome(predicate.expression, known)}
            decided = isinstance(predicate, exp.Or)
            return decided if decided in sides else None if None in sides else not decided
        case exp.Not():
            inner = _outcome(predicate.this, known)
            return None if inner is None else not inner
        case exp.Paren():
            return _outcome(predicate.this, known)
        case _:
            return known[predicate.sql()]


def _truth(predicate: exp.Expr) -> exp.Expr:
    """1, 0 or null."""
    return exp.cast(exp.paren(predicate.copy()), "int")
