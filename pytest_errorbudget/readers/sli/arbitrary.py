"""Where a query leaves it to PostgreSQL which rows it takes, and an order that settles it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

_CHANCE = (exp.Rand, exp.Uuid, exp.TableSample)
_CHANCE_FUNCTIONS = frozenset({"uuidv4", "uuidv7", "gen_random_bytes", "random_normal"})


def arbitrary_parts(statement: exp.Expr) -> Iterator[exp.Expr]:
    """Chance itself, and rows that are kept of several without an order that says which."""
    for node in statement.walk():
        match node:
            case _ if is_chance(node):
                yield node
            case exp.Select() if _keeps_any_copy(node):
                yield node.args["distinct"]
            case exp.Query() if _keeps_any_rows(node):
                yield node.args["limit"]
            case exp.Window() if _numbers_as_they_come(node):
                yield node
            case _:
                continue


def is_chance(node: exp.Expr) -> bool:
    return isinstance(node, _CHANCE) or (isinstance(node, exp.Anonymous) and node.name.lower() in _CHANCE_FUNCTIONS)


def settle(statement: exp.Expr, time: str | None) -> bool:
    """Orders rows by ``time`` and by all that is returned, so that equal rows are all that is left to choose from.
    ``False`` where chance itself decides."""
    if any(is_chance(node) for node in statement.walk()):
        return False
    for node in list(statement.walk()):
        match node:
            case exp.Select() if _keeps_any_copy(node):
                first = _keys(node)
                node.set("order", exp.Order(expressions=[*first, *_returned(node, time, first)]))
            case exp.Query() if _keeps_any_rows(node):
                count = len(node.selects)
                numbers = [exp.Literal.number(place) for place in range(1, count + 1)]
                node.set("order", exp.Order(expressions=numbers))
            case exp.Window() if _numbers_as_they_come(node):
                select = node.find_ancestor(exp.Select)
                columns = _returned(select, time, node.args.get("partition_by") or []) if select is not None else []
                if not columns:
                    return False
                node.set("order", exp.Order(expressions=columns))
            case _:
                continue
    return True


def _keys(select: exp.Select) -> list[exp.Expr]:
    on = select.args["distinct"].args["on"]
    return [one.copy() for one in (on.expressions if isinstance(on, exp.Tuple) else [on.unnest()])]


def _returned(select: exp.Select, time: str | None, without: list[exp.Expr]) -> list[exp.Expr]:
    """The time, where the SELECT returns it, and then every column that it returns as it is."""
    columns = [one.unalias() for one in select.expressions if isinstance(one.unalias(), exp.Column)]
    named = [one.copy() for one in columns if not one.is_star and one not in without]
    return sorted(dict.fromkeys(named), key=lambda one: one.name != time)


def _keeps_any_copy(select: exp.Select) -> bool:
    """DISTINCT ON that returns more than what it is distinct by."""
    distinct = select.args.get("distinct")
    if distinct is None or distinct.args.get("on") is None or select.args.get("order") is not None:
        return False
    keys = _keys(select)
    return any(one.unalias() not in keys for one in select.expressions)


def _keeps_any_rows(query: exp.Query) -> bool:
    """LIMIT over more than one row; in EXISTS any row will do."""
    if query.args.get("limit") is None or query.args.get("order") is not None or query.find_ancestor(exp.Exists):
        return False
    is_one_row = isinstance(query, exp.Select) and query.args.get("group") is None and _is_aggregate(query)
    return not is_one_row


def _is_aggregate(select: exp.Select) -> bool:
    return any(one.find(exp.AggFunc) is not None and one.find(exp.Window) is None for one in select.expressions)


def _numbers_as_they_come(window: exp.Window) -> bool:
    named = window.args.get("alias") is not None
    return isinstance(window.this, exp.RowNumber) and window.args.get("order") is None and not named
