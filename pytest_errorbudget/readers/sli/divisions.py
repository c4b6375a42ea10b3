"""What a division divides, through the subqueries that it takes it from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from pytest_errorbudget.readers.sli.selects import inner_selects

_DEEPEST = 8
_FRACTIONS = (exp.Avg, exp.PercentileCont, exp.Extract, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance)
_NUMBERS = ("decimal", "double", "float", "bigdecimal")


@dataclass(frozen=True, slots=True)
class Divided:
    """Columns of tables that are divided as they are, and those in a sum. ``is_whole`` is false where something in it
    is a fraction for sure: a cast, an average, a number with a point."""

    columns: tuple[str, ...]
    summed: tuple[str, ...]
    is_whole: bool


def divided(division: exp.Expr) -> Divided:
    columns: set[str] = set()
    summed: set[str] = set()
    is_whole = True
    for leaf in _leaves(division, 0):
        match leaf:
            case exp.Column():
                into = summed if leaf.find_ancestor(exp.Sum) is not None else columns
                into.add(leaf.name)
            case _:
                is_whole = False
    return Divided(tuple(sorted(columns)), tuple(sorted(summed)), is_whole)


def _leaves(node: exp.Expr, depth: int) -> Iterator[exp.Expr]:
    """Columns of tables, and what is a fraction. What is counted and what decides is no part of the value."""
    if depth > _DEEPEST or _is_fraction(node):
        yield node
        return
    match node:
        case exp.Count():
            return
        case exp.Column():
            yield from _of_column(node, depth)
        case exp.Case():
            values = [one.args["true"] for one in node.args["ifs"]]
            default = node.args.get("default")
            for value in (*values, *((default,) if default is not None else ())):
                yield from _leaves(value, depth)
        case exp.Filter() | exp.Window():
            yield from _leaves(node.this, depth)
        case exp.Subquery():
            inner = node.this
            if isinstance(inner, exp.Select) and len(inner.expressions) == 1:
                yield from _leaves(inner.expressions[0], depth + 1)
            else:
                yield node
        case exp.Anonymous() | exp.Parameter() | exp.Placeholder() | exp.Predicate():
            yield node  # of no known type
        case exp.DataType():
            return
        case _:
            for child in node.iter_expressions():
                yield from _leaves(child, depth)


def _is_fraction(node: exp.Expr) -> bool:
    if isinstance(node, exp.Cast) and node.to.is_type(*_NUMBERS):
        return True
    return isinstance(node, _FRACTIONS) or (isinstance(node, exp.Literal) and not node.is_string and not node.is_int)


def _of_column(column: exp.Column, depth: int) -> Iterator[exp.Expr]:
    """Itself, or what a subquery puts under its name."""
    select = column.find_ancestor(exp.Select)
    for inner in inner_selects(select) if select is not None else ():
        for one in inner.expressions:
            if one.alias_or_name == column.name:
                yield from _leaves(one.unalias(), depth + 1)
                return
    yield column
