"""The SELECTs of a team's SLI query: which tables each reads, and which columns it compares and groups by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sqlglot import exp

from pytest_errorbudget.model.sli_query import SliSelect, TableName
from pytest_errorbudget.model.source import Span

_COMPARISONS = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)
_RANGES = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_CLOCKS = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.Localtimestamp, exp.Localtime)
_CLOCK_FUNCTIONS = frozenset({"clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday"})
_CLOCK_WORDS = frozenset({"current_timestamp", "current_date", "current_time", "localtimestamp", "localtime"})


def is_clock(node: exp.Expr) -> bool:
    named = isinstance(node, exp.Anonymous) and node.name.lower() in _CLOCK_FUNCTIONS
    return named or isinstance(node, _CLOCKS)


def is_clock_word(word: str, is_call: bool) -> bool:
    """Of a token, and whether parentheses follow."""
    name = word.lower()
    return name in _CLOCK_WORDS or (is_call and (name == "now" or name in _CLOCK_FUNCTIONS))


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
    """The SELECTs in its FROM: subqueries, and the WITH queries that it names."""
    named = {table.alias_or_name: table.this for around in _around(select) for table in around.ctes}
    for part in (select.args.get("from_"), *(select.args.get("joins") or ())):
        source = _source(part)
        inner = named.get(source.name) if isinstance(source, exp.Table) and not source.db else source
        if isinstance(inner, exp.Expr) and inner is not select:
            yield from top_selects(inner)


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


def is_deduplicated(select: exp.Select) -> bool:
    """Whether a row of the SELECT's FROM is an event, as far as it shows: all of it are queries that made them so."""
    inner = tuple(inner_selects(select))
    if _keeps_one(select):
        return True
    return not own_tables(select) and bool(inner) and all(_makes_distinct(one) for one in inner)


def _makes_distinct(select: exp.Select) -> bool:
    if select.args.get("distinct") is not None or select.args.get("group") is not None:
        return True
    if any(isinstance(one.unalias(), exp.AggFunc) for one in select.expressions):
        return True
    return is_deduplicated(select)


def _keeps_one(select: exp.Select) -> bool:
    """``where rn = 1`` over a numbering of copies."""
    numbered = {
        one.alias
        for inner in inner_selects(select)
        for one in inner.expressions
        if isinstance(one, exp.Alias) and one.find(exp.RowNumber) is not None
    }
    where = select.args.get("where")
    return where is not None and any(
        isinstance(one, exp.EQ) and {column.name for column in one.find_all(exp.Column)} & numbered
        for one in where.find_all(exp.EQ)
    )
