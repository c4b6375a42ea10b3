"""The SLI query, written once as an expression; engines render it in their own dialect.

An event is (tenant, id). Most events come in one copy and are counted as they are; only events with several copies
are looked at again, so that exactness costs little where replicas repeat little: their distinct copies are ranked by
(time, mapped columns), nulls last, and the first one counts.

What each SLO makes of a row is a digit of base 4 in an integer of ``bits``: 0 not a valid event, 1 good, 2 bad,
3 invalid (a predicate is null).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp
from sqlglot.expressions import and_, column, select, union

from pytest_errorbudget.readers.events.question import Predicates, Question

DIGITS = 31
"""How many SLOs fit into one integer of 64 bits."""

Aggregation = Callable[[Question, str, int], exp.Query]


def aggregation(question: Question, table: str, as_of_us: int) -> exp.Query:
    """One row a tenant and window that has events before ``as_of_us``, by tenant and start.

    Columns: ``tenant``, ``start_us``, ``events``, ``copies``, ``disagreeing``, then ``valid_0``, ``bad_0``,
    ``invalid_0`` and so on for each SLO of the question, and last ``example``, the least id, as text, whose copies
    disagree.
    """
    if question.slot_us is not None:
        return sums(question, table, as_of_us)
    counts = [
        column("tenant"),
        column("start_us"),
        _integer(_count()).as_("events"),
        _integer(exp.Sum(this=column("copies"))).as_("copies"),
        _integer(exp.Sum(this=column("disagreeing"))).as_("disagreeing"),
    ]
    for position in range(len(question.predicates)):
        digit = _digit(position)
        counts += [
            _count(exp.In(this=digit.copy(), expressions=[_number(1), _number(2)])).as_(f"valid_{position}"),
            _count(digit.copy().eq(2)).as_(f"bad_{position}"),
            _count(digit.copy().eq(3)).as_(f"invalid_{position}"),
        ]
    counted = select(*counts).from_("chosen").group_by("tenant", "start_us")
    same = and_(column("tenant", "n").eq(column("tenant", "e")), column("start_us", "n").eq(column("start_us", "e")))
    query = (
        select("n.*", column("example", "e"))
        .from_("counted AS n")
        .join("examples AS e", on=same, join_type="left")
        .order_by(column("tenant", "n"), column("start_us", "n"))
    )
    for name, part in (
        ("grouped", _grouped(question, table, as_of_us)),
        ("copied", _copied(question, table, as_of_us)),
        ("ranked", _ranked(question)),
        ("chosen", _chosen(question)),
        ("examples", _examples(question)),
        ("counted", counted),
    ):
        query = query.with_(name, as_=part)
    return query


def sums(question: Question, table: str, as_of_us: int) -> exp.Query:
    """The same columns from a table of counts: rows add up, and none is a copy of another. A row with a count that is
    null or negative, or at a time that is no start of a slot, is invalid."""
    slot = question.slot_us or question.window_us
    start = floored(column("time_us"), question.window_us)
    rows = _integer(_count())
    counts: list[exp.Expr] = [column("tenant"), start.as_("start_us"), rows.as_("events"), rows.copy().as_("copies")]
    counts.append(_integer(_number(0)).as_("disagreeing"))
    for position, one in enumerate(_numbered(question).predicates):
        good, bad, where = one.good, one.bad or one.good, exp.true() if one.where is None else exp.paren(one.where)
        sound = and_(good >= 0, bad >= 0, floored(column("time_us"), slot).eq(column("time_us")))
        usable = exp.Coalesce(this=exp.paren(and_(sound, where)), expressions=[exp.false()])
        apart = exp.Coalesce(this=exp.paren(where.copy().not_()), expressions=[exp.false()])
        unusable = and_(usable.copy().not_(), apart.not_())
        counts += [
            _sum(exp.paren(good.copy() + bad.copy()), usable).as_(f"valid_{position}"),
            _sum(bad.copy(), usable).as_(f"bad_{position}"),
            _count(unusable).as_(f"invalid_{position}"),
        ]
    mapped = [_mapped(name).as_(f"c{position}") for position, name in enumerate(question.mapped)]
    return (
        select(*counts, exp.cast(exp.null(), "text").as_("example"))
        .from_(_usable(question, table, as_of_us, *mapped).subquery("u"))
        .group_by("tenant", start.copy())
        .order_by("tenant", "start_us")
    )


def _sum(value: exp.Expr, where: exp.Expr) -> exp.Expr:
    counted = exp.Case().when(where.copy(), value).else_(_number(0))
    return _integer(exp.Sum(this=counted))


def survey(question: Question, table: str) -> exp.Query:
    """One row a shard and value of the tenant column: ``shard``, ``tenant``, ``row_count``, ``with_id``, ``with_both``
    (an id and a time), ``latest_us`` and ``earliest_us``, the newest and oldest time of a row with an id."""
    has_id = question.id.copy().is_(exp.null()).not_()
    has_time = question.time_us.copy().is_(exp.null()).not_()
    keys = [question.tenant.copy()] if question.replica is None else [question.replica.copy(), question.tenant.copy()]
    shard = exp.cast(exp.null(), "text") if question.replica is None else question.replica.copy()
    return (
        select(
            shard.as_("shard"),
            question.tenant.copy().as_("tenant"),
            _count().as_("row_count"),
            _count(has_id).as_("with_id"),
            _count(and_(has_id.copy(), has_time)).as_("with_both"),
            exp.Max(this=exp.Case().when(has_id.copy(), question.time_us.copy())).as_("latest_us"),
            exp.Min(this=exp.Case().when(has_id.copy(), question.time_us.copy())).as_("earliest_us"),
        )
        .from_(exp.to_table(table))
        .group_by(*keys)
    )


def floored(time_us: exp.Expr, width_us: int) -> exp.Expr:
    """The start of the window that holds ``time_us``, floored also before 1970: ``t - ((t % w) + w) % w``."""
    remainder = exp.Mod(this=exp.paren(time_us.copy()), expression=_number(width_us))
    positive = exp.Mod(
        this=exp.paren(exp.Add(this=exp.paren(remainder), expression=_number(width_us))), expression=_number(width_us)
    )
    return exp.Sub(this=time_us.copy(), expression=exp.paren(positive))


def _usable(question: Question, table: str, as_of_us: int, *columns: exp.Expr) -> exp.Select:
    """The rows that can count. Written out where it is used, and with no more columns than are used there: a common
    table expression of its own would be kept in memory with all of them."""
    rows = (
        select(
            _tenant(question).as_("tenant"),
            question.id.copy().as_("id"),
            question.time_us.copy().as_("time_us"),
            *columns,
        )
        .from_(exp.to_table(table))
        .where(question.id.copy().is_(exp.null()).not_())
        .where(question.time_us.copy() < _number(as_of_us))
        .where(_known(question))
    )
    return rows if question.from_us is None else rows.where(question.time_us.copy() >= _number(question.from_us))


def event_hashes(question: Question, table: str, as_of_us: int) -> exp.Query:
    """DuckDB's hash of each usable row's event, as ``event``: the rows of one event have one."""
    hashed = exp.Anonymous(this="hash", expressions=[column("tenant"), column("id")])
    return select(hashed.as_("event")).from_(_usable(question, table, as_of_us).subquery("u"))


def event_hash(question: Question) -> exp.Expr:
    """The same hash, of a row of the table itself."""
    return exp.Anonymous(this="hash", expressions=[_tenant(question), question.id.copy()])


def _grouped(question: Question, table: str, as_of_us: int) -> exp.Query:
    return (
        select(
            "tenant",
            "id",
            _count().as_("copies"),
            exp.Min(this=floored(column("time_us"), question.window_us)).as_("start_us"),
            *(exp.Min(this=column(bits)).as_(bits) for bits in _bits(question)),
        )
        .from_(_usable(question, table, as_of_us, *_verdicts(question)).subquery("u"))
        .group_by("tenant", "id")
    )


def _copied(question: Question, table: str, as_of_us: int) -> exp.Query:
    """The distinct copies of events with several. Predicates are judged behind the join, on the few rows that pass."""
    mapped = [_mapped(name).as_(f"c{position}") for position, name in enumerate(question.mapped)]
    kept = ["tenant", "id", "time_us", *_columns(question)]
    same = and_(column("tenant", "u").eq(column("tenant", "g")), column("id", "u").eq(column("id", "g")))
    several = (
        select(*(column(name, "u").as_(name) for name in kept), column("copies", "g").as_("copies"))
        .from_(_usable(question, table, as_of_us, *mapped).subquery("u"))
        .join("grouped AS g", on=and_(same, column("copies", "g") > 1))
    )
    return select(*kept, "copies", *_verdicts(_numbered(question))).distinct().from_(several.subquery("s"))


def _numbered(question: Question) -> Question:
    """The same predicates over ``c0``, ``c1`` … instead of the columns by name."""
    numbers = {name: f"c{position}" for position, name in enumerate(question.mapped)}

    def renamed(node: exp.Expr) -> exp.Expr:
        return column(numbers[node.name]) if isinstance(node, exp.Column) else node

    return replace(
        question,
        predicates=tuple(
            replace(
                one,
                good=one.good.copy().transform(renamed),
                where=None if one.where is None else one.where.copy().transform(renamed),
                bad=None if one.bad is None else one.bad.copy().transform(renamed),
            )
            for one in question.predicates
        ),
    )


def _verdicts(question: Question) -> list[exp.Expr]:
    return [bits.as_(f"b{position}") for position, bits in enumerate(_packed(question))]


def _ranked(question: Question) -> exp.Query:
    order = [exp.Ordered(this=column(name), nulls_first=False) for name in ("time_us", *_columns(question))]
    event = [column("tenant"), column("id")]
    rank = exp.Window(this=exp.RowNumber(), partition_by=event, order=exp.Order(expressions=order))
    distinct = exp.Window(this=_count(), partition_by=[part.copy() for part in event])
    return select("*", rank.as_("place"), distinct.as_("kinds")).from_("copied")


def _chosen(question: Question) -> exp.Query:
    once = (
        select(
            "tenant",
            "start_us",
            "copies",
            _number(0).as_("disagreeing"),
            *_bits(question),
        )
        .from_("grouped")
        .where(column("copies").eq(1))
    )
    disagree = column("kinds") > 1
    several = (
        select(
            "tenant",
            floored(column("time_us"), question.window_us).as_("start_us"),
            "copies",
            exp.Case().when(disagree, _number(1)).else_(_number(0)).as_("disagreeing"),
            *_bits(question),
        )
        .from_("ranked")
        .where(column("place").eq(1))
    )
    return union(once, several, distinct=False)


def _examples(question: Question) -> exp.Query:
    """Few rows, joined to the counts: a text in every row of ``chosen`` would cost more than all its numbers."""
    start = floored(column("time_us"), question.window_us)
    return (
        select("tenant", start.as_("start_us"), exp.Min(this=exp.cast(column("id"), "text")).as_("example"))
        .from_("ranked")
        .where(and_(column("place").eq(1), column("kinds") > 1))
        .group_by("tenant", start.copy())
    )


def _packed(question: Question) -> list[exp.Expr]:
    packed: list[exp.Expr] = []
    for position, predicates in enumerate(question.predicates):
        place = position % DIGITS
        digit = exp.Mul(this=_integer(_verdict(predicates)), expression=_number(4**place))
        packed[position // DIGITS :] = [digit if place == 0 else exp.Add(this=packed[-1], expression=digit)]
    return packed


def _verdict(predicates: Predicates) -> exp.Expr:
    """0 not valid, 1 good, 2 bad, 3 invalid. Written as arithmetic, which engines compute faster than a CASE."""
    judged = exp.Sub(this=_number(2), expression=_truth(predicates.good))
    verdict: exp.Expr = exp.Coalesce(this=judged, expressions=[_number(3)])
    if predicates.where is not None:
        verdict = exp.Mul(this=_truth(predicates.where), expression=verdict)
        verdict = exp.Coalesce(this=verdict, expressions=[_number(3)])
    return verdict


def _truth(predicate: exp.Expr) -> exp.Expr:
    """1, 0 or null."""
    return exp.cast(exp.paren(predicate.copy()), "int")


def _digit(position: int) -> exp.Expr:
    place = 2 * (position % DIGITS)
    bits: exp.Expr = column(f"b{position // DIGITS}")
    shifted = exp.paren(exp.BitwiseRightShift(this=bits, expression=_number(place))) if place else bits
    return exp.paren(exp.BitwiseAnd(this=shifted, expression=_number(3)))


def _tenant(question: Question) -> exp.Expr:
    renamed = [(value, name) for value, name in question.tenants if value != name]
    if not renamed:
        return question.tenant.copy()
    case = exp.Case(this=question.tenant.copy())
    for value, name in renamed:
        case = case.when(exp.Literal.string(value), exp.Literal.string(name))
    return case.else_(question.tenant.copy())


def _known(question: Question) -> exp.Condition:
    values = sorted({value for value, _ in question.tenants})
    if not values:
        return exp.false()
    return exp.In(this=question.tenant.copy(), expressions=[exp.Literal.string(value) for value in values])


def _mapped(name: str) -> exp.Expr:
    return column(name, quoted=True)


def _columns(question: Question) -> list[str]:
    return [f"c{position}" for position in range(len(question.mapped))]


def _bits(question: Question) -> list[str]:
    return [f"b{position}" for position in range(-(-len(question.predicates) // DIGITS))]


def _count(where: exp.Expr | None = None) -> exp.Expr:
    counted = exp.Count(this=exp.Star())
    return counted if where is None else exp.Filter(this=counted, expression=exp.Where(this=where))


def _number(number: int) -> exp.Expr:
    return exp.Literal.number(number)


def _integer(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, "bigint")
