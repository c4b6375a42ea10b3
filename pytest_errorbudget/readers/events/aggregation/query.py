"""The SLI query, written once as an expression; engines render it in their own dialect.

An event is (tenant, id). Most events come in one copy and are counted as they are; only events with several copies
are looked at again, so that exactness costs little where replicas repeat little: their distinct copies are ranked by
(time, mapped columns), nulls last, and the first one counts.

What each SLO makes of a row is a digit of base 4 in an integer of ``bits``: 0 not a valid event, 1 good, 2 bad,
3 invalid (a predicate is null).
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp
from sqlglot.expressions import and_, column, select, union

from pytest_errorbudget.readers.events.aggregation.apart import counted_apart
from pytest_errorbudget.readers.events.aggregation.of_counts import sums
from pytest_errorbudget.readers.events.aggregation.question import Question, Ranks
from pytest_errorbudget.readers.events.aggregation.ranked import chosen, grouped, ranks
from pytest_errorbudget.readers.events.aggregation.usable import (
    columns_of,
    counted,
    floored,
    integer,
    mapped_column,
    named,
    number,
    numbered,
    usable,
)
from pytest_errorbudget.readers.events.aggregation.verdicts import verdict

DIGITS = 31
"""How many SLOs fit into one integer of 64 bits."""

Aggregation = Callable[[Question, str, int], exp.Query]


def aggregation(question: Question, table: str, as_of_us: int) -> exp.Query:
    """One row a tenant and window that has events before ``as_of_us``, by tenant and start.

    Columns: ``tenant``, ``start_us``, ``events``, ``copies``, ``disagreeing``, then ``valid_0``, ``bad_0``,
    ``invalid_0`` and so on for each SLO of the question, and last ``example``, the least id, as text, whose copies
    disagree.

    Written in two looks, as every engine reads it; in one where the question has ranks; and with the events apart that
    have several rows, where the question knows them.
    """
    if question.slot_us is not None:
        return sums(question, table, as_of_us)
    if question.repeats is not None:
        return counted_apart(question, question.repeats, table, as_of_us)
    if question.ranks is not None:
        return _in_one_look(question, question.ranks, table, as_of_us)
    return _in_two_looks(question, table, as_of_us)


def _in_two_looks(question: Question, table: str, as_of_us: int) -> exp.Query:
    counts = _counts(question)
    names = [one.alias_or_name for one in counts[1:]]
    by_window = select(*counts).from_("chosen").group_by("tenant", "start_us")
    same = and_(column("tenant", "n").eq(column("tenant", "e")), column("start_us", "n").eq(column("start_us", "e")))
    query = (
        select(named(question, column("tenant", "n")).as_("tenant"), *(column(name, "n") for name in names))
        .select(column("example", "e"))
        .from_("counted AS n", copy=False)
        .join("examples AS e", on=same, join_type="left")
        .order_by(column("tenant", "n"), column("start_us", "n"))
    )
    for name, part in (
        ("grouped", _grouped(question, table, as_of_us)),
        ("copied", _copied(question, table, as_of_us)),
        ("ranked", _ranked(question)),
        ("chosen", _chosen(question)),
        ("examples", _examples(question)),
        ("counted", by_window),
    ):
        query = query.with_(name, as_=part, copy=False)
    return query


def _counts(question: Question) -> list[exp.Expr]:
    counts: list[exp.Expr] = [
        column("tenant"),
        column("start_us"),
        integer(counted()).as_("events"),
        integer(exp.Sum(this=column("copies"))).as_("copies"),
        integer(exp.Sum(this=column("disagreeing"))).as_("disagreeing"),
    ]
    for position in range(len(question.predicates)):
        digit = _digit(position)
        counts += [
            counted(exp.In(this=digit.copy(), expressions=[number(1), number(2)])).as_(f"valid_{position}"),
            counted(digit.copy().eq(2)).as_(f"bad_{position}"),
            counted(digit.copy().eq(3)).as_(f"invalid_{position}"),
        ]
    return counts


def verdict_ranks(question: Question, table: str) -> exp.Query:
    """The rows of ``Ranks.table``."""
    return ranks(question, table, _verdicts(numbered(question)))


def _in_one_look(question: Question, given: Ranks, table: str, as_of_us: int) -> exp.Query:
    counts = _counts(question)
    names = [one.alias_or_name for one in counts[1:]]
    example = exp.Min(this=column("example")).as_("example")
    by_window = select(*counts, example).from_("chosen").group_by("tenant", "start_us")
    start = floored(column("time_us"), question.window_us)
    return (
        select(named(question, column("tenant", "n")).as_("tenant"), *(column(name, "n") for name in names))
        .select(column("example", "n"))
        .from_("counted AS n", copy=False)
        .order_by(column("tenant", "n"), column("start_us", "n"))
        .with_("grouped", as_=grouped(question, given, table, as_of_us), copy=False)
        .with_("chosen", as_=chosen(given, start, _bits(question)), copy=False)
        .with_("counted", as_=by_window, copy=False)
    )


def survey(question: Question, table: str) -> exp.Query:
    """One row a shard and value of the tenant column: ``shard``, ``tenant``, ``row_count``, ``with_id``, ``with_both``
    (an id and a time), ``latest_us`` and ``earliest_us``, the newest and oldest time of a row with an id. An id that is
    ``true`` says that no row lacks one."""
    has_id = None if isinstance(question.id, exp.Boolean) else question.id.copy().is_(exp.null()).not_()
    has_time = question.time_us.copy().is_(exp.null()).not_()
    time = question.time_us if has_id is None else exp.Case().when(has_id.copy(), question.time_us.copy())
    return row_counts(question, table).select(
        counted(has_id).as_("with_id"),
        counted(has_time if has_id is None else and_(has_id.copy(), has_time)).as_("with_both"),
        exp.Max(this=time.copy()).as_("latest_us"),
        exp.Min(this=time.copy()).as_("earliest_us"),
        copy=False,
    )


def row_counts(question: Question, table: str) -> exp.Select:
    """The first three columns of ``survey``: ``shard``, ``tenant`` and ``row_count``."""
    keys = [question.tenant.copy()] if question.replica is None else [question.replica.copy(), question.tenant.copy()]
    shard = exp.cast(exp.null(), "text") if question.replica is None else question.replica.copy()
    return (
        select(shard.as_("shard"), question.tenant.copy().as_("tenant"), counted().as_("row_count"))
        .from_(exp.to_table(table), copy=False)
        .group_by(*keys, copy=False)
    )


def _grouped(question: Question, table: str, as_of_us: int) -> exp.Query:
    return (
        select(
            "tenant",
            "id",
            counted().as_("copies"),
            exp.Min(this=column("time_us")).as_("time_us"),
            *(exp.Min(this=column(bits)).as_(bits) for bits in _bits(question)),
        )
        .from_(usable(question, table, as_of_us, *_verdicts(question)).subquery("u", copy=False), copy=False)
        .group_by("tenant", "id", copy=False)
    )


def _copied(question: Question, table: str, as_of_us: int) -> exp.Query:
    """The distinct copies of events with several. Predicates are judged behind the join, on the few rows that pass."""
    mapped = [mapped_column(name).as_(f"c{position}") for position, name in enumerate(question.mapped)]
    kept = ["tenant", "id", "time_us", *columns_of(question)]
    same = and_(column("tenant", "u").eq(column("tenant", "g")), column("id", "u").eq(column("id", "g")))
    several = (
        select(*(column(name, "u").as_(name) for name in kept), column("copies", "g").as_("copies"))
        .from_(usable(question, table, as_of_us, *mapped).subquery("u", copy=False), copy=False)
        .join("grouped AS g", on=and_(same, column("copies", "g") > 1))
    )
    return select(*kept, "copies", *_verdicts(numbered(question))).distinct().from_(several.subquery("s", copy=False))


def _verdicts(question: Question) -> list[exp.Expr]:
    return [bits.as_(f"b{position}") for position, bits in enumerate(_packed(question))]


def _ranked(question: Question) -> exp.Query:
    order = [exp.Ordered(this=column(name), nulls_first=False) for name in ("time_us", *columns_of(question))]
    event = [column("tenant"), column("id")]
    rank = exp.Window(this=exp.RowNumber(), partition_by=event, order=exp.Order(expressions=order))
    distinct = exp.Window(this=counted(), partition_by=[part.copy() for part in event])
    return select("*", rank.as_("place"), distinct.as_("kinds")).from_("copied")


def _chosen(question: Question) -> exp.Query:
    start = floored(column("time_us"), question.window_us).as_("start_us")
    once = (
        select(
            "tenant",
            start,
            "copies",
            number(0).as_("disagreeing"),
            *_bits(question),
        )
        .from_("grouped", copy=False)
        .where(column("copies").eq(1), copy=False)
    )
    disagree = column("kinds") > 1
    several = (
        select(
            "tenant",
            start.copy(),
            "copies",
            exp.Case().when(disagree, number(1)).else_(number(0)).as_("disagreeing"),
            *_bits(question),
        )
        .from_("ranked", copy=False)
        .where(column("place").eq(1), copy=False)
    )
    return union(once, several, distinct=False)


def _examples(question: Question) -> exp.Query:
    """Few rows, joined to the counts: a text in every row of ``chosen`` would cost more than all its numbers."""
    start = floored(column("time_us"), question.window_us)
    return (
        select("tenant", start.as_("start_us"), exp.Min(this=exp.cast(column("id"), "text")).as_("example"))
        .from_("ranked", copy=False)
        .where(and_(column("place").eq(1), column("kinds") > 1), copy=False)
        .group_by("tenant", start.copy(), copy=False)
    )


def _packed(question: Question) -> list[exp.Expr]:
    packed: list[exp.Expr] = []
    for position, predicates in enumerate(question.predicates):
        place = position % DIGITS
        digit = exp.Mul(this=integer(verdict(predicates)), expression=number(4**place))
        packed[position // DIGITS :] = [digit if place == 0 else exp.Add(this=packed[-1], expression=digit)]
    return packed


def _digit(position: int) -> exp.Expr:
    place = 2 * (position % DIGITS)
    bits: exp.Expr = column(f"b{position // DIGITS}")
    shifted = exp.paren(exp.BitwiseRightShift(this=bits, expression=number(place))) if place else bits
    return exp.paren(exp.BitwiseAnd(this=shifted, expression=number(3)))


def _bits(question: Question) -> list[str]:
    return [f"b{position}" for position in range(-(-len(question.predicates) // DIGITS))]
