"""The SELECTs of a team's SLI query: which tables each reads, and which columns it compares and groups by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sqlglot import exp

from pytest_errorbudget.model.sli_query import SliSelect, TableName
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.sli.clocks import is_clock

_COMPARISONS = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)
_RANGES = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


def columns_of(parts: Iterable[exp.Expr]) -> tuple[str, ...]:
    """The names of all columns in the parts, without their tables, each once."""
    return tuple(sorted({column.name for part in parts for column in part.find_all(exp.Column)}))


def own_tables(select: exp.Select) -> tuple[exp.Table, ...]:
    """The tables that the SELECT reads itself, not its WITH queries."""
    named = {table.alias_or_name for around in _around(select) for table in around.ctes}
    sources = [_source(select.args.get("from_")), *(join.this for join in select.args.get("joins") or ())]
    return tuple(
        source
        for source in sources
        if isinstance(source, exp.Table)
        and isinstance(source.this, exp.Identifier)
        and (source.db or source.name not in named)
    )


def inner_selects(select: exp.Select) -> Iterator[exp.Select]:
    """The SELECTs in its FROM, both sides of each UNION."""
    for inner in inner_queries(select):
        yield from top_selects(inner)


def inner_queries(select: exp.Select) -> Iterator[exp.Expr]:
    """What is in its FROM: subqueries, and the WITH queries that it names."""
    named = {table.alias_or_name: table.this for around in _around(select) for table in around.ctes}
    for part in (select.args.get("from_"), *(select.args.get("joins") or ())):
        source = _source(part)
        inner = named.get(source.name) if isinstance(source, exp.Table) and not source.db else source
        if isinstance(inner, exp.Query | exp.Lateral) and inner is not select:
            yield inner


def top_selects(query: exp.Expr) -> Iterator[exp.Select]:
    """The SELECT itself, or both sides of a UNION."""
    match query:
        case exp.Select():
            yield query
        case exp.SetOperation():
            yield from top_selects(query.left)
            yield from top_selects(query.right)
        case exp.Subquery() | exp.Paren() | exp.Lateral():
            yield from top_selects(query.this)
        case _:
            return


def _source(part: exp.Expr | None) -> exp.Expr | None:
    return None if part is None else part.this


def _around(node: exp.Expr) -> Iterator[exp.Query]:
    here: exp.Expr | None = node
    while here is not None:
        if isinstance(here, exp.Query):
            yield here
        here = here.parent


def own_nodes(select: exp.Select) -> Iterator[exp.Expr]:
    """Every node of the SELECT that is not in another one."""
    pending: list[exp.Expr] = [select]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(
            child for child in node.iter_expressions() if not isinstance(child, exp.Select | exp.SetOperation)
        )


def comparisons(select: exp.Select) -> Iterator[exp.Expr]:
    """Those of WHERE, of the joins and of FILTER, in their order."""
    for node in own_nodes(select):
        if isinstance(node, _COMPARISONS) and node.find_ancestor(exp.Where, exp.Join, exp.Select) is not select:
            yield node


def read_selects(statement: exp.Expr, place: Callable[[exp.Expr], Span]) -> tuple[SliSelect, ...]:
    """Those that read tables, the outermost first."""
    selects = [select for select in statement.find_all(exp.Select) if own_tables(select)]
    return tuple(_select(select, place) for select in selects)


def outer_columns(statement: exp.Expr) -> tuple[str, ...]:
    """What SELECTs without a table of their own compare or group by."""
    outer = [select for select in statement.find_all(exp.Select) if not own_tables(select)]
    return columns_of(part for select in outer for part in (*comparisons(select), *select_groups(select)))


def _select(select: exp.Select, place: Callable[[exp.Expr], Span]) -> SliSelect:
    using = [name for join in select.args.get("joins") or () for name in join.args.get("using") or ()]
    return SliSelect(
        span=place(select.expressions[0] if select.expressions else select),
        tables=tuple(dict.fromkeys(TableName(table.db or None, table.name) for table in own_tables(select))),
        compared=tuple(sorted({*columns_of(comparisons(select)), *(name.name for name in using)})),
        grouped=columns_of(select_groups(select)),
        returned=columns_of(one for one in map(_bare, select.expressions) if isinstance(one, exp.Column)),
        is_inner=select.find_ancestor(exp.Select) is not None or select.find_ancestor(exp.CTE) is not None,
    )


def _bare(one: exp.Expr) -> exp.Expr:
    return one.unalias()


def select_groups(select: exp.Select) -> Iterator[exp.Expr]:
    """GROUP BY with its positions and aliases as what they stand for, DISTINCT, and PARTITION BY of windows."""
    aliases = {one.alias: one.this for one in select.expressions if isinstance(one, exp.Alias)}
    group, distinct = select.args.get("group"), select.args.get("distinct")
    for part in group.iter_expressions() if group is not None else ():
        yield part
        if isinstance(part, exp.Literal) and part.is_int and 0 < int(part.name) <= len(select.expressions):
            yield select.expressions[int(part.name) - 1]
        elif isinstance(part, exp.Column) and part.name in aliases:
            yield aliases[part.name]
    if distinct is not None:
        yield from [distinct.args["on"]] if distinct.args.get("on") is not None else select.expressions
    for node in own_nodes(select):
        if isinstance(node, exp.Window):
            yield from node.args.get("partition_by") or ()


def time_column(statement: exp.Expr) -> str | None:
    """The column that is compared with a clock, else with an interval, else the first that is held in a range."""
    found = [one for select in statement.find_all(exp.Select) for one in comparisons(select)]
    tests: tuple[Callable[[exp.Expr], bool], ...] = (
        lambda one: any(is_clock(node) for node in one.walk()),
        lambda one: one.find(exp.Interval) is not None,
        lambda one: isinstance(one, _RANGES),
    )
    for test in tests:
        for comparison in found:
            column = comparison.find(exp.Column)
            if column is not None and test(comparison):
                return column.name
    return None
