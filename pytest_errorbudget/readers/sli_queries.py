"""SQL files with a team's own SLI queries, read on sqlglot's syntax tree (PostgreSQL's dialect)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import SliQuery, Use, UseKind
from pytest_errorbudget.model.source import Span

_CLOCKS = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.Localtimestamp, exp.Localtime)
_CLOCK_FUNCTIONS = frozenset({"clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday"})
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_INTERVAL = re.compile(r"(\d+)\s*([a-z]*)", re.IGNORECASE)
_COMPARISONS = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)


def read_sli_queries(root: Path, globs: Sequence[str]) -> tuple[tuple[SliQuery, ...], tuple[Problem, ...]]:
    """The statements of the files that ``globs`` match below ``root``, by file and place."""
    queries: list[SliQuery] = []
    problems: list[Problem] = []
    for glob in globs:
        paths = sorted(path for path in root.glob(glob) if path.is_file())
        if not paths:
            problems.append(_no_file(glob))
        for path in paths:
            queries += _of_file(path.relative_to(root).as_posix(), path.read_bytes().decode("utf-8-sig", "replace"))
    return tuple(queries), tuple(problems)


def _no_file(glob: str) -> Problem:
    return Problem(
        rule=Rule.SETTINGS_INVALID,
        message=f"`sli-queries` names `{glob}`, which matches no file",
        place=f"errorbudget.toml::{glob}",
        span=Span("errorbudget.toml", 1),
        consequence="No query of it is checked.",
        help="correct the path, or leave it out",
    )


def _of_file(path: str, text: str) -> Iterator[SliQuery]:
    try:
        statements = [one for one in sqlglot.parse(text, dialect="postgres") if one is not None]
    except SqlglotError as error:
        details = (getattr(error, "errors", None) or [{}])[0]
        span = Span(path, int(details.get("line") or 1), int(details.get("col") or 1))
        yield SliQuery(path=path, number=1, span=span, unread=str(details.get("description") or "not SQL").rstrip("."))
        return
    for number, statement in enumerate(statements, 1):
        place = _Places(path, text)
        select = statement.find(exp.Select)
        if select is None:
            yield SliQuery(path=path, number=number, span=place.of(statement), unread="not a SELECT")
        else:
            yield _query(statement, select, number, place)


class _Places:
    """Places in a file, from the offsets that sqlglot keeps."""

    def __init__(self, path: str, text: str) -> None:
        self._path, self._text = path, text

    def of(self, node: exp.Expr) -> Span:
        """Where the node begins: at the first of its own places and of those under it, else where its parent does."""
        starts = [each.meta["start"] for each in node.walk() if "start" in each.meta]
        if not starts:
            return Span(self._path, 1, 1) if node.parent is None else self.of(node.parent)
        start = min(starts)
        before = self._text[:start]
        return Span(self._path, before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1)


def _query(statement: exp.Expr, select: exp.Select, number: int, place: _Places) -> SliQuery:
    table = select.find(exp.Table)
    where, group = select.args.get("where"), select.args.get("group")
    return SliQuery(
        path=place.of(statement).path,
        number=number,
        span=place.of(statement),
        prepared=_numbered(statement),
        schema=(table.db or None) if table is not None else None,
        relation=table.name if table is not None else None,
        compared=_columns(_comparisons(where)),
        grouped=_columns(group.expressions if group is not None else ()),
        time=_time_column(where),
        uses=tuple(sorted(_uses(statement, place), key=lambda use: (use.span.line, use.span.column, use.kind.value))),
    )


def _columns(parts: Iterable[exp.Expr]) -> tuple[str, ...]:
    return tuple(sorted({column.name for part in parts for column in part.find_all(exp.Column)}))


def _comparisons(where: exp.Expr | None) -> Iterator[exp.Expr]:
    if where is not None:
        yield from where.find_all(*_COMPARISONS)


def _time_column(where: exp.Expr | None) -> str | None:
    """The column that is compared with a clock, else with an interval, else the first that is held in a range."""
    comparisons = tuple(_comparisons(where))
    for wanted in ((*_CLOCKS, exp.Anonymous), (exp.Interval,), (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)):
        for comparison in comparisons:
            column = comparison.find(exp.Column)
            if column is not None and comparison.find(*wanted) is not None:
                return column.name
    return None


def _numbered(statement: exp.Expr) -> str:
    """``?`` as ``$1``, ``$2``, as PostgreSQL wants them."""
    copy = statement.copy()
    for number, placeholder in enumerate(tuple(copy.find_all(exp.Placeholder)), 1):
        placeholder.replace(exp.Parameter(this=exp.Literal.number(number)))
    return copy.sql(dialect="postgres")


def _uses(statement: exp.Expr, place: _Places) -> Iterator[Use]:
    for node in statement.walk():
        kind = _kind(node)
        if kind is not None:
            yield Use(
                kind=kind,
                text=node.sql(dialect="postgres"),
                span=place.of(node),
                columns=_columns((node,)) if kind is not UseKind.DIVISION else _outside(node, exp.Count, exp.Sum),
                summed=_columns(node.find_all(exp.Sum)) if kind is UseKind.DIVISION else (),
                seconds=_seconds(node) if isinstance(node, exp.Interval) else None,
            )


def _kind(node: exp.Expr) -> UseKind | None:
    match node:
        case _ if _is_clock(node):
            return UseKind.CLOCK
        case exp.Count() if not isinstance(node.this, exp.Distinct | exp.Column):
            return UseKind.ROWS
        case exp.Sum() | exp.Avg():
            return UseKind.SUM
        case exp.Div() if not _has_fractions(node):
            return UseKind.DIVISION
        case exp.Star() if isinstance(node.parent, exp.Select):
            return UseKind.STAR
        case exp.Interval():
            return UseKind.INTERVAL
        case _ if _is_untyped_limit(node):
            return UseKind.UNTYPED
        case _ if _cuts_days(node):
            return UseKind.DAY
        case _:
            return None


def _is_clock(node: exp.Expr) -> bool:
    named = isinstance(node, exp.Anonymous) and node.name.lower() in _CLOCK_FUNCTIONS
    return named or isinstance(node, _CLOCKS)


def _has_fractions(node: exp.Expr) -> bool:
    """A cast, an average or a literal with a point: the author said, or PostgreSQL says, that it is no integer."""
    return node.find(exp.Cast, exp.Avg) is not None or any(not one.is_int for one in node.find_all(exp.Literal))


def _outside(node: exp.Expr, *aggregates: type[exp.Expr]) -> tuple[str, ...]:
    """The columns that stand in none of the aggregates."""
    found = (column for column in node.find_all(exp.Column) if column.find_ancestor(*aggregates) is None)
    return tuple(sorted({column.name for column in found}))


def _is_untyped_limit(node: exp.Expr) -> bool:
    if not isinstance(node, exp.Binary) or node.find_ancestor(exp.Having) is None:
        return False
    sides = (node.left, node.right)
    return any(isinstance(side, exp.Placeholder | exp.Parameter) for side in sides) and any(
        side.find(exp.AggFunc) is not None for side in sides
    )


def _cuts_days(node: exp.Expr) -> bool:
    """``date_trunc`` without a zone, and a cast to a date: the session's time zone says which day it is."""
    if isinstance(node, exp.TimestampTrunc):
        return node.args.get("zone") is None
    return isinstance(node, exp.Cast) and node.to.is_type("date") and node.find(exp.Column) is not None


def _seconds(interval: exp.Interval) -> int | None:
    """The length in whole seconds; ``None`` where it is not plain (months, several parts, a parameter)."""
    unit = interval.args.get("unit")
    value = interval.this.name if interval.this is not None else ""
    matched = _INTERVAL.fullmatch(f"{value} {unit.name if unit is not None else ''}".strip())
    if matched is None:
        return None
    size = _SECONDS.get(matched[2].lower().removesuffix("s"))
    return None if size is None else int(matched[1]) * size
