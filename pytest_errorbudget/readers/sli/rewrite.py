"""A team's SLI query, asked so that every run gives the same answer: the same tree with what differs replaced.

What cannot be said in another way for sure (a window function over distinct events, ``timeofday()``) gives nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pytest_errorbudget.model.sli_query import SliGround, SliProposal, SliQuery
from pytest_errorbudget.readers.sli.arbitrary import settle
from pytest_errorbudget.readers.sli.clocks import is_age, is_clock, special_literals, special_moment
from pytest_errorbudget.readers.sli.divisions import divided
from pytest_errorbudget.readers.sli.lengths import seconds_of
from pytest_errorbudget.readers.sli.rewrite_counts import count_events
from pytest_errorbudget.readers.sli.rewrite_ranges import bound, with_range, with_tenant
from pytest_errorbudget.readers.sli.selects import own_tables, top_selects
from pytest_errorbudget.readers.sli.uses import cuts_days, is_width
from pytest_errorbudget.readers.sli.zones import in_utc

_HOUR_S = 3_600
_INTEGERS = frozenset({"int2", "int4", "int8"})
_FLOATS = frozenset({"float4", "float8"})
_DAYS_AND_MOMENTS = frozenset({"timestamptz", "timestamp", "date"})
_UTC = "UTC"
_NUMBER = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\$(\d+)")


class CannotRewrite(Exception):
    """Nothing that is known says the same."""


@dataclass(slots=True)
class Parameters:
    """The query's own, and those that it needs besides: in the team's way of writing them."""

    written: list[str]
    added: dict[str, int] = field(default_factory=dict)

    def number(self, name: str) -> exp.Parameter:
        """Of ``tenant``, ``start`` or ``end``."""
        if name not in self.added:
            style = self._style(name)
            if style in self.written and style != "?":
                self.added[name] = self.written.index(style) + 1
            else:
                self.written.append(style)
                self.added[name] = len(self.written)
        return exp.Parameter(this=exp.Literal.number(self.added[name]))

    def _style(self, name: str) -> str:
        for known in self.written:
            if known.startswith(("$__", "'$", "${", "$t", "[[")):
                return {"start": "$__timeFrom()", "end": "$__timeTo()"}.get(name, f"'${name}'")
            if known.startswith("{{"):
                return f"{{{{ {name} }}}}"
            if known.startswith("%("):
                return f"%({name})s"
            if known.startswith((":'", ":", "@")):
                return f":'{name}'" if known.startswith(":'") else f"{known[0]}{name}"
        return "?"


def propose(query: SliQuery, ground: SliGround) -> SliProposal | None:
    """``None`` where the query cannot be rewritten."""
    if query.meant is None:
        return None
    parameters = Parameters(list(query.parameters))
    try:
        tree = sqlglot.parse_one(query.meant, dialect="postgres")
        if not isinstance(tree, exp.Query):
            return None
        tree = _rewritten(tree, ground, parameters)
    except (SqlglotError, RecursionError, CannotRewrite):
        return None
    sql = tree.sql(dialect="postgres")
    used = {int(found[1]) for found in _NUMBER.finditer(sql) if found[1] is not None}
    numbered = bool(query.parameters) and all(name[1:].isdigit() for name in query.parameters)
    if numbered and used == set(range(1, len(parameters.written) + 1)):
        return SliProposal(sql=sql, parameters=tuple(parameters.written))  # the team's own numbers
    return _numbered(sql, ["?" if name[1:].isdigit() else name for name in parameters.written])


def _numbered(sql: str, written: list[str]) -> SliProposal:
    """With parameters numbered as they come; those that are not used any more are left out."""
    order: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return found[0] if found[1] is None else f"${order.setdefault(found[1], len(order) + 1)}"

    text = _NUMBER.sub(number, sql)
    return SliProposal(sql=text, parameters=tuple(written[int(old) - 1] for old in order))


def _rewritten(tree: exp.Query, ground: SliGround, parameters: Parameters) -> exp.Query:
    for select in list(tree.find_all(exp.Select)):
        table = _event_table(select, ground)
        if table is not None:
            with_tenant(select, table, ground, parameters.number)
            with_range(select, table, ground, parameters.number)
        if ground.event is not None and not count_events(select, table, ground.event, ground):
            raise CannotRewrite
    _without_stars(tree, ground)
    if not settle(tree, ground.time):
        raise CannotRewrite
    _without_clocks(tree, ground, parameters)
    _in_utc(tree, ground)
    in_utc(tree, frozenset(name for name, type in ground.columns if type == "timestamptz"))
    _whole_windows(tree, ground)
    _exact(tree, ground)
    return tree


def _event_table(select: exp.Select, ground: SliGround) -> exp.Table | None:
    """``None`` where the SELECT does not read it."""
    name = ground.relation
    tables = own_tables(select)
    if name is None:
        return tables[0] if tables else None
    return next((one for one in tables if one.name == name.name and one.db in {"", name.schema}), None)


def _without_stars(tree: exp.Query, ground: SliGround) -> None:
    """The table's columns by name."""
    for select in top_selects(tree):
        for star in [one for one in select.expressions if one.is_star]:
            tables, joins = own_tables(select), select.args.get("joins")
            if not tables and isinstance(star, exp.Star):
                continue
            if joins or _event_table(select, ground) is None or not ground.columns:
                raise CannotRewrite
            columns = [exp.column(name, table=star.text("table") or None) for name, _ in ground.columns]
            others = [one for one in select.expressions if one is not star]
            select.set("expressions", [*columns, *others])


def _without_clocks(tree: exp.Query, ground: SliGround, parameters: Parameters) -> None:
    for literal, column in list(special_literals(tree)):
        kind = ground.type(column)
        if kind in _DAYS_AND_MOMENTS:
            literal.replace(exp.cast(literal.copy(), kind))
    for clock in [node for node in tree.walk() if is_clock(node)]:
        clock.replace(_moment(clock, ground, parameters))


def _moment(clock: exp.Expr, ground: SliGround, parameters: Parameters) -> exp.Expr:
    """The end of the range, as what the clock gives. Of a column without zone, the moment has none either."""
    end = bound(parameters.number("end"), "timestamptz")
    match clock:
        case exp.Cast():
            return special_moment(clock, end)
        case exp.CurrentDate():
            return exp.cast(exp.AtTimeZone(this=end, zone=exp.Literal.string(_UTC)), "date")
        case _ if is_age(clock):
            day = exp.cast(exp.AtTimeZone(this=end, zone=exp.Literal.string(_UTC)), "date")
            return exp.Anonymous(this="age", expressions=[day, clock.expressions[0].copy()])
        case exp.Localtimestamp():
            return exp.Paren(this=exp.AtTimeZone(this=end, zone=exp.Literal.string(_UTC)))
        case exp.CurrentTime() | exp.Localtime():
            raise CannotRewrite
        case _ if clock.name.lower() == "timeofday":
            raise CannotRewrite
        case _:
            zoned = ground.time is None or ground.type(ground.time) != "timestamp"
            return end if zoned else bound(parameters.number("end"), "timestamp")


def _in_utc(tree: exp.Query, ground: SliGround) -> None:
    """Days and hours of UTC, where the session would say whose."""
    for node in [one for one in tree.walk() if cuts_days(one)]:
        columns = [one for one in node.find_all(exp.Column) if ground.type(one.name) in {"timestamptz", None}]
        if isinstance(node, exp.TimestampTrunc) and columns:
            node.set("zone", exp.Literal.string(_UTC))
            continue
        for column in columns:
            zone = exp.Literal.string(_UTC)
            column.replace(exp.Paren(this=exp.AtTimeZone(this=column.copy(), zone=zone)))


def _whole_windows(tree: exp.Query, ground: SliGround) -> None:
    """The next shorter width that ranges can follow each other by."""
    for node in [one for one in tree.walk() if is_width(one)]:
        seconds = seconds_of(node)
        if seconds is None:
            continue
        whole = _whole(seconds, ground.window_s)
        if whole != seconds:
            text = exp.Literal.string(f"{whole // 60} minutes" if whole % 60 == 0 else f"{whole} seconds")
            node.replace(text if isinstance(node, exp.Literal) else exp.Interval(this=text))


def _whole(seconds: int, window_s: int) -> int:
    if seconds > 0 and (_HOUR_S % seconds == 0 or seconds % window_s == 0):
        return seconds
    if seconds >= window_s or seconds <= 0:
        return max(1, seconds // window_s) * window_s
    return next(whole for whole in range(seconds, 0, -1) if _HOUR_S % whole == 0)


def _exact(tree: exp.Query, ground: SliGround) -> None:
    """Sums of numerics, divisions of numerics, limits with a type."""
    for total in [*tree.find_all(exp.Sum), *tree.find_all(exp.Avg)]:
        for column in [one for one in total.find_all(exp.Column) if ground.type(one.name) in _FLOATS]:
            if column.find_ancestor(exp.Cast, exp.Sum, exp.Avg) is total:
                column.replace(exp.cast(column.copy(), "numeric"))
    for division in list(tree.find_all(exp.Div)):
        parts = divided(division)
        if parts.is_whole and all(ground.type(name) in _INTEGERS for name in (*parts.columns, *parts.summed)):
            left = division.left.this if isinstance(division.left, exp.Paren) else division.left
            division.left.replace(exp.cast(left.copy(), "numeric"))
    for having in tree.find_all(exp.Having):
        for one in list(having.find_all(exp.Parameter)):
            comparison = one.parent
            if isinstance(comparison, exp.Binary) and comparison.find(exp.AggFunc) is not None:
                counts = comparison.find(exp.Count) is not None and comparison.find(exp.Div) is None
                one.replace(exp.cast(one.copy(), "bigint" if counts else "numeric"))
