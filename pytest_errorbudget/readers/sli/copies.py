"""Whether the rows that a SELECT reads are events, each once, and by which columns they were made so."""

from __future__ import annotations

from sqlglot import exp

from pytest_errorbudget.readers.sli.selects import columns_of, inner_queries, own_tables

_BELOW: dict[type[exp.Expr], str] = {exp.EQ: "1", exp.LTE: "1", exp.LT: "2"}
_ABOVE: dict[type[exp.Expr], str] = {exp.EQ: "1", exp.GTE: "1", exp.GT: "2"}


def distinct_by(select: exp.Select) -> tuple[str, ...] | None:
    """The columns that tell the rows of its FROM apart, where all of it are queries that made them so; none where they
    are counted already. ``None`` where rows come as a table has them."""
    numbered = _numbered_by(select)
    if numbered is not None:
        return numbered
    inner = tuple(inner_queries(select))
    if own_tables(select) or not inner:
        return None
    return _all_by(tuple(_made_by(one) for one in inner))


def _all_by(found: tuple[tuple[str, ...] | None, ...]) -> tuple[str, ...] | None:
    known = [one for one in found if one is not None]
    return tuple(sorted({name for one in known for name in one})) if len(known) == len(found) else None


def _made_by(query: exp.Expr) -> tuple[str, ...] | None:
    """By what the rows that it returns are told apart."""
    match query:
        case exp.Union() if query.args.get("distinct"):
            return tuple(one.alias_or_name for one in query.selects)
        case exp.SetOperation():
            return _all_by((_made_by(query.left), _made_by(query.right)))
        case exp.Subquery() | exp.Paren() | exp.Lateral():
            return _made_by(query.this)
        case exp.Select():
            return _made_by_select(query)
        case _:
            return None


def _made_by_select(select: exp.Select) -> tuple[str, ...] | None:
    distinct, group = select.args.get("distinct"), select.args.get("group")
    if distinct is not None:
        on = distinct.args.get("on")
        return columns_of([on] if on is not None else select.expressions)
    if group is not None:
        return tuple(sorted({name for one in group.iter_expressions() for name in _grouped(select, one)}))
    if any(isinstance(one.unalias(), exp.AggFunc) for one in select.expressions):
        return ()
    return distinct_by(select)


def _grouped(select: exp.Select, part: exp.Expr) -> tuple[str, ...]:
    """A position is the column that stands there."""
    is_place = isinstance(part, exp.Literal) and part.is_int and 0 < int(part.name) <= len(select.expressions)
    return columns_of([select.expressions[int(part.name) - 1] if is_place else part])


def _numbered_by(select: exp.Select) -> tuple[str, ...] | None:
    """``where rn = 1`` over a numbering of copies: by what they are numbered."""
    where = select.args.get("where")
    numbers = {
        one.alias: one.find(exp.Window)
        for query in inner_queries(select)
        for inner in query.find_all(exp.Select)
        for one in inner.expressions
        if isinstance(one, exp.Alias) and isinstance(one.this, exp.Window) and isinstance(one.this.this, exp.RowNumber)
    }
    for comparison in where.find_all(*_BELOW, *_ABOVE) if where is not None else ():
        window = numbers.get(_first_of(comparison))
        if isinstance(window, exp.Window):
            return columns_of(window.args.get("partition_by") or ())
    return None


def _first_of(comparison: exp.Expr) -> str:
    """The column of which only the number 1 is left."""
    for column, number, limits in (
        (comparison.args["this"], comparison.args["expression"], _BELOW),
        (comparison.args["expression"], comparison.args["this"], _ABOVE),
    ):
        wanted = limits.get(type(comparison))
        if isinstance(column, exp.Column) and isinstance(number, exp.Literal) and number.name == wanted:
            return column.name
    return ""
