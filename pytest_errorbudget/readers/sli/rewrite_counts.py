"""Rows counted, rewritten as events counted."""

from __future__ import annotations

from sqlglot import exp

from pytest_errorbudget.model.sli_query import SliGround
from pytest_errorbudget.readers.sli.copies import distinct_by
from pytest_errorbudget.readers.sli.selects import inner_selects, own_nodes, own_tables
from pytest_errorbudget.readers.sli.uses import condition_of, counts_rows, only_cast


def count_events(select: exp.Select, table: exp.Table | None, event: str, ground: SliGround) -> bool:
    """Counts distinct values of ``event`` in place of rows. ``False`` where that cannot be said in the SELECT: its
    rows come from elsewhere, or are counted in a window, which takes no DISTINCT."""
    rows = [node for node in own_nodes(select) if counts_rows(node) and _of_booleans(node, ground)]
    if not rows or distinct_by(select) is not None:
        return True
    if any(isinstance(_outermost(node).parent, exp.Window) for node in rows):
        return False
    if table is None and not _passed_on(select, event):
        return False
    qualifier = table.alias_or_name if table is not None and select.args.get("joins") else None
    for node in rows:
        _outermost(node).replace(_counted(node, exp.column(event, table=qualifier)))
    return True


def _of_booleans(node: exp.Expr, ground: SliGround) -> bool:
    """A sum of a column that is cast counts rows only if the column is a boolean."""
    return isinstance(node, exp.Count) or all(ground.type(name) == "bool" for name in only_cast(node.this))


def _passed_on(select: exp.Select, event: str) -> bool:
    """Whether the one query from which it reads returns the event."""
    inner = tuple(inner_selects(select))
    returned = all(any(one.alias_or_name == event for one in each.expressions) for each in inner)
    return bool(inner) and returned and not select.args.get("joins") and not own_tables(select)


def _outermost(node: exp.Expr) -> exp.Expr:
    """With its FILTER."""
    parent = node.parent
    return parent if isinstance(parent, exp.Filter) else node


def _counted(node: exp.Expr, event: exp.Column) -> exp.Expr:
    around = _outermost(node)
    conditions = [around.expression.this.copy()] if isinstance(around, exp.Filter) else []
    own = _condition(node, event)
    some = _distinct(event, [*conditions, *([own] if own is not None else [])])
    if not isinstance(node, exp.Avg):
        return some
    known = [] if isinstance(node.this.unnest(), exp.Case) or own is None else [_is_known(own)]
    every = _distinct(event, [*conditions, *known])
    zero = exp.Nullif(this=every, expression=exp.Literal.number(0))
    return exp.Div(this=exp.cast(some, "numeric"), expression=zero, typed=True, safe=False)


def _is_known(value: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=exp.paren(value.copy()), expression=exp.Null()))


def _condition(node: exp.Expr, event: exp.Column) -> exp.Expr | None:
    """What chooses the rows that are counted."""
    value = node.this
    if not isinstance(node, exp.Count):
        found = condition_of(value)
        return None if found is None else found.copy()
    if isinstance(value, exp.Case) and value.args.get("default") is None and value.this is None:
        tests = [one.this.copy() for one in value.args["ifs"]]
        return exp.or_(*tests) if len(tests) > 1 else tests[0]
    if isinstance(value, exp.Star | exp.Literal) or value is None or value.name == event.name:
        return None
    return _is_known(value)


def _distinct(event: exp.Column, conditions: list[exp.Expr]) -> exp.Expr:
    counted = exp.Count(this=exp.Distinct(expressions=[event.copy()]), big_int=True)
    if not conditions:
        return counted
    return exp.Filter(this=counted, expression=exp.Where(this=exp.and_(*conditions)))
