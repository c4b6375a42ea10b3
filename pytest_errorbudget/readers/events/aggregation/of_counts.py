"""The aggregation over a table of counts, for teams that keep nothing finer than slots."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.expressions import and_, column, select

from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.aggregation.usable import (
    counted,
    floored,
    integer,
    mapped_column,
    named,
    number,
    numbered,
    usable,
)


def sums(question: Question, table: str, as_of_us: int) -> exp.Query:
    """The same columns from a table of counts: rows add up, and none is a copy of another. A row with a count that is
    null or negative, or at a time that is no start of a slot, is invalid."""
    slot = question.slot_us or question.window_us
    start = floored(column("time_us"), question.window_us)
    rows = integer(counted())
    counts: list[exp.Expr] = [
        named(question, column("tenant")).as_("tenant"),
        start.as_("start_us"),
        rows.as_("events"),
        rows.copy().as_("copies"),
    ]
    counts.append(integer(number(0)).as_("disagreeing"))
    for position, one in enumerate(numbered(question).predicates):
        good, bad, where = one.good, one.bad or one.good, exp.true() if one.where is None else exp.paren(one.where)
        sound = and_(good >= 0, bad >= 0, floored(column("time_us"), slot).eq(column("time_us")))
        fits = exp.Coalesce(this=exp.paren(and_(sound, where)), expressions=[exp.false()])
        apart = exp.Coalesce(this=exp.paren(where.copy().not_()), expressions=[exp.false()])
        unusable = and_(fits.copy().not_(), apart.not_())
        counts += [
            _sum(exp.paren(good.copy() + bad.copy()), fits).as_(f"valid_{position}"),
            _sum(bad.copy(), fits).as_(f"bad_{position}"),
            counted(unusable).as_(f"invalid_{position}"),
        ]
    mapped = [mapped_column(name).as_(f"c{position}") for position, name in enumerate(question.mapped)]
    return (
        select(*counts, exp.cast(exp.null(), "text").as_("example"))
        .from_(usable(question, table, as_of_us, *mapped).subquery("u", copy=False), copy=False)
        .group_by(column("tenant", "u"), start.copy(), copy=False)
        .order_by(column("tenant", "u"), "start_us")
    )


def _sum(value: exp.Expr, where: exp.Expr) -> exp.Expr:
    summed = exp.Case().when(where.copy(), value).else_(number(0))
    return integer(exp.Sum(this=summed))
