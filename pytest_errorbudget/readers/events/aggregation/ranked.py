"""The aggregation in one look at each row, for an engine that can rank the combinations of mapped values first.

Where few combinations repeat in many rows, a row is its event and one integer: its time and, below it, the rank of its
combination. The least of an event's integers is the copy that counts, and the greatest is another one where copies
disagree, so that no row is looked at again and predicates are judged once a combination.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.expressions import and_, column, select

from pytest_errorbudget.readers.events.aggregation.question import Question, Ranks
from pytest_errorbudget.readers.events.aggregation.usable import (
    columns_of,
    counted,
    integer,
    mapped_column,
    number,
    usable,
)


def ranks(question: Question, table: str, verdicts: Sequence[exp.Expr]) -> exp.Query:
    """Each combination of values of the mapped columns ``c0``, ``c1`` …, the ``verdicts`` on it, and its ``rank``, from
    0: values in their order, text by its bytes, nulls last. The time of a row and its rank order copies as the time
    and the columns do."""
    mapped = [
        mapped_column(name).as_(name_of) for name, name_of in zip(question.mapped, columns_of(question), strict=True)
    ]
    distinct = select(*mapped).distinct().from_(exp.to_table(table))
    order = [exp.Ordered(this=column(name), nulls_first=False) for name in columns_of(question)]
    place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=order))
    rank = integer(exp.Sub(this=place, expression=number(1)))
    return select(*columns_of(question), *verdicts, rank.as_("rank")).from_(distinct.subquery("d", copy=False))


def grouped(question: Question, ranks: Ranks, table: str, as_of_us: int) -> exp.Query:
    """One row an event: how many copies it has, and the ``least`` and ``greatest`` of their integers."""
    mapped = [
        mapped_column(name).as_(name_of) for name, name_of in zip(question.mapped, columns_of(question), strict=True)
    ]
    behind = exp.paren(exp.Sub(this=column("time_us", "u"), expression=number(ranks.base_us)))
    packed = exp.Add(
        this=exp.Mul(this=behind, expression=number(1 << ranks.width_bits)), expression=column("rank", "k")
    )
    same = [exp.NullSafeEQ(this=column(name, "u"), expression=column(name, "k")) for name in columns_of(question)]
    rows = (
        select(column("tenant", "u").as_("tenant"), column("id", "u").as_("id"), packed.as_("packed"))
        .from_(usable(question, table, as_of_us, *mapped).subquery("u", copy=False), copy=False)
        .join(f"{ranks.table} AS k", on=and_(*same))
    )
    return (
        select(
            "tenant",
            "id",
            counted().as_("copies"),
            exp.Min(this=column("packed")).as_("least"),
            exp.Max(this=column("packed")).as_("greatest"),
        )
        .from_(rows.subquery("r", copy=False), copy=False)
        .group_by("tenant", "id", copy=False)
    )


def chosen(ranks: Ranks, start: exp.Expr, bits: Sequence[str]) -> exp.Query:
    """One row an event: ``tenant``, ``start_us``, ``copies``, whether they are ``disagreeing``, the id as text where
    they are, and the verdicts. ``start`` is made from ``time_us``."""
    least = column("least", "g")
    behind = exp.paren(exp.BitwiseRightShift(this=least, expression=number(ranks.width_bits)))
    rank = exp.paren(exp.BitwiseAnd(this=least.copy(), expression=number((1 << ranks.width_bits) - 1)))
    disagree = least.copy().neq(column("greatest", "g"))
    timed = (
        select(
            column("tenant", "g").as_("tenant"),
            exp.Add(this=behind, expression=number(ranks.base_us)).as_("time_us"),
            column("copies", "g").as_("copies"),
            exp.Case().when(disagree, number(1)).else_(number(0)).as_("disagreeing"),
            exp.Case().when(disagree.copy(), exp.cast(column("id", "g"), "text")).as_("example"),
            *(column(name, "k").as_(name) for name in bits),
        )
        .from_("grouped AS g", copy=False)
        .join(f"{ranks.table} AS k", on=rank.eq(column("rank", "k")))
    )
    return select("tenant", start.as_("start_us"), "copies", "disagreeing", "example", *bits).from_(
        timed.subquery("t", copy=False)
    )
