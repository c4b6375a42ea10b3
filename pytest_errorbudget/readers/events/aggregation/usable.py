"""The rows of a table that can count, and the small expressions of which every query over them is made."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.expressions import column, select

from pytest_errorbudget.readers.events.aggregation.question import Question

_MOST_PLACES = 64


def usable(question: Question, table: str, as_of_us: int, *columns: exp.Expr) -> exp.Select:
    """The rows that can count, ``tenant`` as ``named`` reads it. Written out where it is used, and with no more columns
    than are used there: a common table expression of its own would be kept in memory with all of them."""
    return _rows(question, table, as_of_us, _known(question), columns)


def usable_by_place(question: Question, table: str, as_of_us: int, *columns: exp.Expr) -> exp.Select:
    """The same for DuckDB, which joins a list of tenants to the rows: their place, which is computed anyhow, tells as
    well whether a tenant is known."""
    names = _names(question)
    told = _placed(names) and len(question.tenants) == len(names)
    known = _tenant(question).is_(exp.null()).not_() if told else _known(question)
    return _rows(question, table, as_of_us, known, columns)


def _rows(
    question: Question, table: str, as_of_us: int, known: exp.Condition, columns: Sequence[exp.Expr]
) -> exp.Select:
    rows = (
        select(
            _tenant(question).as_("tenant"),
            question.id.copy().as_("id"),
            question.time_us.copy().as_("time_us"),
            *columns,
        )
        .from_(exp.to_table(table), copy=False)
        .where(question.id.copy().is_(exp.null()).not_(), copy=False)
        .where(question.time_us.copy() < number(as_of_us), copy=False)
        .where(known, copy=False)
    )
    if question.from_us is None:
        return rows
    return rows.where(question.time_us.copy() >= number(question.from_us), copy=False)


def event_hashes(question: Question, table: str, as_of_us: int) -> exp.Query:
    """DuckDB's hash of each usable row's event, as ``event``: the rows of one event have one."""
    hashed = event_hash_of(column("tenant"), column("id"))
    rows = usable_by_place(question, table, as_of_us)
    return select(hashed.as_("event")).from_(rows.subquery("u", copy=False), copy=False)


def event_hash(question: Question) -> exp.Expr:
    """The same hash, of a row of the table itself."""
    return event_hash_of(_tenant(question), question.id.copy())


def event_hash_of(tenant: exp.Expr, id: exp.Expr) -> exp.Expr:
    """The same, of what ``usable`` calls ``tenant`` and ``id``."""
    return exp.Anonymous(this="hash", expressions=[tenant, id])


def numbered(question: Question) -> Question:
    """The same question over ``c0``, ``c1`` … instead of the mapped columns by name."""
    return question.renamed(dict(zip(question.mapped, columns_of(question), strict=True)))


def columns_of(question: Question) -> list[str]:
    """What ``numbered`` calls the mapped columns."""
    return [f"c{position}" for position in range(len(question.mapped))]


def floored(time_us: exp.Expr, width_us: int) -> exp.Expr:
    """The start of the window that holds ``time_us``, floored also before 1970: ``t - ((t % w) + w) % w``."""
    remainder = exp.Mod(this=exp.paren(time_us.copy()), expression=number(width_us))
    positive = exp.Mod(
        this=exp.paren(exp.Add(this=exp.paren(remainder), expression=number(width_us))), expression=number(width_us)
    )
    return exp.Sub(this=time_us.copy(), expression=exp.paren(positive))


def mapped_column(name: str) -> exp.Expr:
    return column(name, quoted=True)


def named(question: Question, tenant: exp.Expr) -> exp.Expr:
    """The name of a tenant, from what ``usable`` calls it."""
    names = _names(question)
    if not _placed(names):
        return tenant
    case = exp.Case(this=tenant)
    for place, name in enumerate(names, 1):
        case = case.when(number(place), exp.Literal.string(name))
    return case


def _tenant(question: Question) -> exp.Expr:
    """A tenant's place among the names, by their bytes: it groups in three quarters of the time that its text takes.
    Where there are many tenants, looking for the place would cost more than it saves."""
    names = _names(question)
    if not _placed(names):
        return _text(question)
    values = [value for value, _ in sorted(question.tenants, key=lambda one: one[1])]
    # a tenant with several values in the events is looked for by its name
    looked_for = question.tenant.copy() if len(values) == len(names) else _text(question)
    among = values if len(values) == len(names) else names
    place = exp.Anonymous(
        this="array_position", expressions=[exp.Array(expressions=[*map(exp.Literal.string, among)]), looked_for]
    )
    return exp.cast(place, "smallint")


def _names(question: Question) -> list[str]:
    return sorted({name for _, name in question.tenants})


def _placed(names: Sequence[str]) -> bool:
    return 0 < len(names) <= _MOST_PLACES


def _text(question: Question) -> exp.Expr:
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


def counted(where: exp.Expr | None = None) -> exp.Expr:
    rows = exp.Count(this=exp.Star())
    return rows if where is None else exp.Filter(this=rows, expression=exp.Where(this=where))


def number(number: int) -> exp.Expr:
    return exp.Literal.number(number)


def integer(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, "bigint", copy=False)
