"""The aggregation where it is known which events have several rows, for DuckDB, which finds them first.

All other rows are events by themselves and are counted as they are: none of them is grouped by its event. The rows of
events with several are ranked by (time, mapped columns), as in two looks. What an SLO makes of an event is one integer
with a field for each count, so that a window has one sum an SLO.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.expressions import and_, column, select, union

from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.aggregation.usable import (
    columns_of,
    counted,
    event_hash_of,
    integer,
    mapped_column,
    named,
    number,
    numbered,
    usable_by_place,
)
from pytest_errorbudget.readers.events.aggregation.verdicts import looked_up

_FIELD_BITS = 31
MOST_ROWS = 1 << _FIELD_BITS
"""With as many rows, a count could run over into the next field."""
_FIELDS = (0, 1, 1 + (1 << _FIELD_BITS), 1 << 2 * _FIELD_BITS)
"""By verdict: fields for valid, bad and invalid events, from the lowest."""


def repeated_events(hashes: exp.Query) -> exp.Query:
    """The rows of ``Question.repeats`` from those of ``usable.event_hashes``."""
    return select("event").from_(hashes.subquery("h", copy=False)).group_by("event").having(counted() > 1)


def counted_apart(question: Question, repeats: str, table: str, as_of_us: int) -> exp.Query:
    """The rows of ``query.aggregation``."""
    counts = [counted().as_("events"), exp.Sum(this=column("copies")).as_("copies")]
    counts += [exp.Sum(this=column(name)).as_(name) for name in _packed(question)]
    same = and_(column("tenant", "n").eq(column("tenant", "e")), column("place", "n").eq(column("place", "e")))
    query = (
        select(named(question, column("tenant", "n")).as_("tenant"), *_unpacked(question), column("example", "e"))
        .from_("counted AS n")
        .join("examples AS e", on=same, join_type="left", copy=False)
        .order_by(named(question, column("tenant", "n")), column("place", "n"), copy=False)
    )
    for name, part in (
        ("marked", _marked(question, repeats, table, as_of_us)),
        ("copied", _copied(question)),
        ("ranked", _ranked(question)),
        ("chosen", _chosen(question)),
        ("examples", _examples(question)),
        ("counted", select("tenant", "place", *counts).from_("chosen").group_by("tenant", "place")),
    ):
        query = query.with_(name, as_=part, copy=False)
    return query


def _marked(question: Question, repeats: str, table: str, as_of_us: int) -> exp.Query:
    """The usable rows, and whether each ``repeats``: its event may have several."""
    mapped = [
        mapped_column(name).as_(name_of) for name, name_of in zip(question.mapped, columns_of(question), strict=True)
    ]
    hashed = event_hash_of(column("tenant"), column("id"))
    repeated = exp.In(this=hashed, query=select("event").from_(repeats).subquery(copy=False))
    return select("*", repeated.as_("repeats")).from_(
        usable_by_place(question, table, as_of_us, *mapped).subquery("u", copy=False), copy=False
    )


def _copied(question: Question) -> exp.Query:
    """The distinct copies of events that may have several, and how many rows each copy is."""
    copy = ["tenant", "id", "time_us", *columns_of(question)]
    return select(*copy, counted().as_("copied")).from_("marked").where("repeats").group_by(*copy)


def _ranked(question: Question) -> exp.Query:
    """Each of them with its ``nth`` place in its event, how many ``kinds`` of copies the event has, and ``copies``."""
    order = [exp.Ordered(this=column(name), nulls_first=False) for name in ("time_us", *columns_of(question))]

    def over(value: exp.Expr, order: exp.Order | None = None) -> exp.Expr:
        return exp.Window(this=value, partition_by=[column("tenant"), column("id")], order=order)

    nth = over(exp.RowNumber(), exp.Order(expressions=order))
    copies = over(exp.Sum(this=column("copied")))
    return select("*", nth.as_("nth"), over(counted()).as_("kinds"), copies.as_("copies")).from_("copied")


def _chosen(question: Question) -> exp.Query:
    """One row an event: tenant, the window's ``place``, ``copies`` with a field for whether they disagree, and what
    each SLO makes of it."""
    judged = [
        integer(looked_up(predicates, _FIELDS)).as_(name)
        for predicates, name in zip(numbered(question).predicates, _packed(question), strict=True)
    ]
    place = _place(question).as_("place")
    once = select("tenant", place, number(1).as_("copies"), *judged).from_("marked", copy=False)
    disagree = exp.Case().when(column("kinds") > 1, number(MOST_ROWS)).else_(number(0))
    copies = integer(exp.Add(this=column("copies"), expression=disagree)).as_("copies")
    several = select("tenant", place.copy(), copies, *(one.copy() for one in judged)).from_("ranked", copy=False)
    return union(
        once.where(column("repeats").not_(), copy=False),
        several.where(column("nth").eq(1), copy=False),
        distinct=False,
        copy=False,
    )


def _examples(question: Question) -> exp.Query:
    return (
        select("tenant", _place(question).as_("place"), exp.Min(this=exp.cast(column("id"), "text")).as_("example"))
        .from_("ranked")
        .where(and_(column("nth").eq(1), column("kinds") > 1), copy=False)
        .group_by("tenant", _place(question), copy=False)
    )


def _place(question: Question) -> exp.Expr:
    """How many windows behind the one that begins in 1970: ``//`` cuts off towards zero."""
    width = number(question.window_us)
    behind = exp.paren(exp.IntDiv(this=column("time_us"), expression=width))
    begins = exp.Mul(this=behind.copy(), expression=width.copy())
    earlier = exp.cast(exp.paren(column("time_us") < begins), "int")
    return exp.Sub(this=behind, expression=earlier)


def _packed(question: Question) -> list[str]:
    return [f"p{position}" for position, _ in enumerate(question.predicates)]


def _unpacked(question: Question) -> list[exp.Expr]:
    copies = column("copies", "n")
    parts = [
        exp.Mul(this=column("place", "n"), expression=number(question.window_us)).as_("start_us"),
        column("events", "n"),
        _field(copies, 0).as_("copies"),
        _field(copies, 1).as_("disagreeing"),
    ]
    for position, name in enumerate(_packed(question)):
        for field, kind in enumerate(("valid", "bad", "invalid")):
            parts.append(_field(column(name, "n"), field).as_(f"{kind}_{position}"))
    return parts


def _field(packed: exp.Expr, field: int) -> exp.Expr:
    shifted = exp.paren(exp.BitwiseRightShift(this=packed.copy(), expression=number(field * _FIELD_BITS)))
    return integer(exp.paren(exp.BitwiseAnd(this=shifted, expression=number(MOST_ROWS - 1))))
