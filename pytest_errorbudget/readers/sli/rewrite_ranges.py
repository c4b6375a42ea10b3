"""A fixed range of the time column, ``[start, end)``, and one tenant, in the WHERE of a SELECT."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from pytest_errorbudget.model.sli_query import SliGround
from pytest_errorbudget.readers.sli.clocks import is_age, is_clock
from pytest_errorbudget.readers.sli.selects import columns_of, comparisons, select_groups
from pytest_errorbudget.readers.sli.uses import is_wrapped

Number = Callable[[str], exp.Parameter]
"""The parameter of ``tenant``, ``start`` or ``end``."""

_RANGES = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.Between)
_FLIPPED = {exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE}
_MOMENTS = frozenset({"timestamptz", "timestamp"})


def bound(parameter: exp.Expr, type: str) -> exp.Cast:
    return exp.cast(parameter, type)


def with_tenant(select: exp.Select, table: exp.Table, ground: SliGround, number: Number) -> None:
    """Where the SELECT mixes tenants, and where only a comparison leaves the others' partitions out."""
    tenant = ground.tenant
    if tenant is None or tenant in columns_of(comparisons(select)) or _joined(select, tenant):
        return
    if _is_optional(select, table):
        return
    grouped = tenant in columns_of(select_groups(select))
    is_inner = select.parent is not None
    passed_on = is_inner and tenant in {one.alias_or_name for one in select.expressions}
    if ground.is_partitioned or not (grouped or passed_on):
        column = _column(select, table, tenant)
        _add(select, exp.EQ(this=column, expression=number("tenant")))


def _is_optional(select: exp.Select, table: exp.Table) -> bool:
    """On the side of an outer join that may be missing: a condition in WHERE would drop the rows without it."""
    joins = select.args.get("joins") or ()
    return any(
        join.side in {"LEFT", "FULL"} if join.this is table else join.side in {"RIGHT", "FULL"} for join in joins
    )


def _joined(select: exp.Select, column: str) -> bool:
    return any(one.name == column for join in select.args.get("joins") or () for one in join.args.get("using") or ())


def with_range(select: exp.Select, table: exp.Table, ground: SliGround, number: Number) -> None:
    """Each comparison of the time column becomes one of ``>=`` and ``<``; the end that is missing is added."""
    time = ground.time
    kind = ground.type(time) if time is not None else None
    if time is None or kind not in _MOMENTS:
        return
    lower = upper = False
    for comparison in _conditions(select, time):
        found = _bounds(comparison, time, kind, number)
        lower = lower or any(isinstance(one, exp.GTE | exp.EQ) for one in found)
        upper = upper or any(isinstance(one, exp.LT | exp.EQ) for one in found)
        comparison.replace(exp.and_(*found) if len(found) > 1 else found[0])
    if _is_optional(select, table):
        return
    elsewhere = time in columns_of(comparisons(select))
    wanted = lower or (ground.is_partitioned and not elsewhere)
    column = _column(select, table, time)
    if wanted and not lower and not upper:
        _add(select, exp.GTE(this=column, expression=bound(number("start"), kind)))
    if wanted and not upper:
        _add(select, exp.LT(this=column.copy(), expression=bound(number("end"), kind)))


def _conditions(select: exp.Select, time: str) -> Iterator[exp.Expr]:
    """Comparisons of the column that every row must meet: parts of WHERE's own AND."""
    where = select.args.get("where")
    pending = [where.this] if where is not None else []
    found: list[exp.Expr] = []
    while pending:
        part = pending.pop()
        if isinstance(part, exp.And):
            pending.extend((part.left, part.right))
        elif isinstance(part, exp.Paren) and isinstance(part.this, exp.And):
            pending.append(part.this)
        elif isinstance(part, _RANGES) and time in columns_of((part,)) and not part.find(exp.Select):
            found.append(part)
    yield from found


def _bounds(comparison: exp.Expr, time: str, kind: str, number: Number) -> list[exp.Expr]:
    """What is said in its place."""
    if isinstance(comparison, exp.Between) and not is_wrapped(comparison):
        column = comparison.this
        low, high = comparison.args["low"], comparison.args["high"]
        return [
            exp.GTE(this=column.copy(), expression=low.copy()),
            exp.LT(this=column.copy(), expression=high.copy()),
        ]
    if isinstance(comparison, exp.Between) or is_wrapped(comparison):
        return _unwrapped(comparison, time, kind, number)
    if not isinstance(comparison, exp.Binary) or isinstance(comparison, exp.EQ):
        return [comparison.copy()]
    on_left = isinstance(comparison.left.unnest(), exp.Column) and comparison.left.unnest().name == time
    operator = type(comparison) if on_left else _FLIPPED[type(comparison)]
    column, value = (comparison.left, comparison.right) if on_left else (comparison.right, comparison.left)
    exact: type[exp.Binary] = exp.GTE if operator in {exp.GT, exp.GTE} else exp.LT
    return [exact(this=column.copy(), expression=value.copy())]


def _unwrapped(comparison: exp.Expr, time: str, kind: str, number: Number) -> list[exp.Expr]:
    """``now() - at < interval`` is a range that ends now; of days and hours, a range is asked for instead."""
    column = next(one for one in comparison.find_all(exp.Column) if one.name == time)
    ago = _ago(comparison)
    if len(set(columns_of((comparison,)))) > 1 or (ago is None and _is_of_hours(comparison)):
        return [comparison.copy()]
    start: exp.Expr | None = bound(number("start"), kind) if ago is None else None
    end = bound(number("end"), kind)
    if ago is not None:
        start = exp.Sub(this=ago[0](end), expression=ago[1].copy())
    return [exp.GTE(this=column.copy(), expression=start), exp.LT(this=column.copy(), expression=end)]


def _ago(comparison: exp.Expr) -> tuple[Callable[[exp.Expr], exp.Expr], exp.Expr] | None:
    """From where, of the end, and how far back ``now() - at < …`` or ``age(at) < …`` reaches."""
    if not isinstance(comparison, exp.LT | exp.LTE):
        return None
    side = comparison.left.unnest()
    if is_age(side) and isinstance(side.expressions[0], exp.Column):
        return _midnight, comparison.right
    is_since = (
        isinstance(side, exp.Sub) and is_clock(side.left.unnest()) and isinstance(side.right.unnest(), exp.Column)
    )
    return (_itself, comparison.right) if is_since else None


def _itself(end: exp.Expr) -> exp.Expr:
    return end.copy()


def _midnight(end: exp.Expr) -> exp.Expr:
    zoned = isinstance(end, exp.Cast) and end.to.is_type("timestamptz")
    return exp.TimestampTrunc(this=end.copy(), unit=exp.var("DAY"), zone=exp.Literal.string("UTC") if zoned else None)


def _is_of_hours(comparison: exp.Expr) -> bool:
    """Of an hour of the day or of a weekday, there is no range."""
    of_hours = any(one.name.upper() != "EPOCH" for one in comparison.find_all(exp.Extract))
    return of_hours or comparison.find(exp.TimeToStr) is not None


def _column(select: exp.Select, table: exp.Table, name: str) -> exp.Column:
    return exp.column(name, table=table.alias_or_name if select.args.get("joins") else None)


def _add(select: exp.Select, condition: exp.Expr) -> None:
    where = select.args.get("where")
    if where is None:
        select.set("where", exp.Where(this=condition))
    else:
        whole = where.this.copy()
        where.set("this", exp.And(this=exp.paren(whole) if isinstance(whole, exp.Or) else whole, expression=condition))
