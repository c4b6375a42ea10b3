"""SQL files with a team's own SLI queries, read on sqlglot's syntax tree (PostgreSQL's dialect)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Glob
from pytest_errorbudget.model.sli_query import SliQuery, Use, UseKind
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.sli.dialect import Plain, plain
from pytest_errorbudget.readers.sli.selects import is_clock, is_clock_word, outer_columns, read_selects, time_column
from pytest_errorbudget.readers.sli.uses import Reading, read_uses

_SETS_ZONE = re.compile(r"\bset\s+(?:session\s+|local\s+)?time\s*zone\b", re.IGNORECASE)


def read_sli_queries(root: Path, globs: Sequence[Glob]) -> tuple[tuple[SliQuery, ...], tuple[Problem, ...]]:
    """The statements of the files that ``globs`` match below ``root``, by file and place."""
    queries: list[SliQuery] = []
    problems: list[Problem] = []
    for glob in globs:
        paths = sorted(path for path in root.glob(glob.text) if path.is_file())
        if not paths:
            problems.append(_no_file(glob))
        for path in paths:
            text = path.read_bytes().decode("utf-8-sig", "replace")
            queries += parse_sli_queries(path.relative_to(root).as_posix(), text)
    return tuple(queries), tuple(problems)


def _no_file(glob: Glob) -> Problem:
    return Problem(
        rule=Rule.SETTINGS_INVALID,
        message=f"`sli-queries` names `{glob.text}`, which matches no file",
        place=f"{glob.span.path}::{glob.text}",
        span=glob.span,
        consequence="No query of it is checked.",
        help="correct the path, or leave it out",
    )


def parse_sli_queries(path: str, text: str) -> Iterator[SliQuery]:
    """The statements of one file; each that cannot be read says why."""
    try:
        written = plain(text)
        parts = tuple(_statements(written.text))
    except (SqlglotError, ValueError) as error:
        yield SliQuery(path=path, number=1, span=Span(path, 1, 1), unread=str(error).splitlines()[0])
        return
    file = _File(path=path, text=text, plain=written, zoned=_SETS_ZONE.search(text) is not None)
    for number, (start, end) in enumerate(parts, 1):
        yield _of_statement(file, number, start, end)


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, without its semicolon."""
    start, end = None, 0
    for token in Dialect.get_or_raise("postgres").tokenize(text):
        if token.text == ";":
            if start is not None:
                yield start, end
            start = None
        else:
            start = token.start if start is None else start
            end = token.end + 1
    if start is not None:
        yield start, end


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    path: str
    text: str
    plain: Plain
    zoned: bool

    def span(self, place: int) -> Span:
        """Of a place in the plain text."""
        place = self.plain.offset(place)
        before = self.text[:place]
        return Span(self.path, before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1)


@dataclass(frozen=True, slots=True)
class _Places:
    """Places in a file, from the offsets that sqlglot keeps within a statement that begins at ``start``."""

    file: _File
    start: int

    def of(self, node: exp.Expr) -> Span:
        """Where the node begins: at the first of its own places and of those under it, else where its parent does."""
        starts = [each.meta["start"] for each in node.walk() if "start" in each.meta]
        if not starts:
            return self.file.span(self.start) if node.parent is None else self.of(node.parent)
        return self.file.span(self.start + min(starts))


def _of_statement(file: _File, number: int, start: int, end: int) -> SliQuery:
    text, span = file.plain.text[start:end], file.span(start)
    if text[:4].lower() == "set ":
        return SliQuery(path=file.path, number=number, span=span, unread="not a SELECT")
    try:
        return _understood(file, number, start, end)
    except SqlglotError as error:
        details = (getattr(error, "errors", None) or [{}])[0]
        reason = str(details.get("description") or error).splitlines()[0].rstrip(".")
        line = int(details.get("line") or 1) + span.line - 1
        return SliQuery(path=file.path, number=number, span=Span(file.path, line, 1), unread=reason)
    except RecursionError:
        return SliQuery(path=file.path, number=number, span=span, unread="too deeply nested")


def _understood(file: _File, number: int, start: int, end: int) -> SliQuery:
    """Raises what sqlglot raises."""
    text = file.plain.text[start:end]
    statement = sqlglot.parse_one(text, dialect="postgres")
    query = _query_of(statement)
    if query is None:
        return SliQuery(path=file.path, number=number, span=file.span(start), unread="not a SELECT")
    places = _Places(file, start)
    uses = (
        *read_uses(query, Reading(places.of, file.plain.parameters, file.zoned)),
        *_clocks(file, start, text),
        *_zoomed(file, start, end),
    )
    return SliQuery(
        path=file.path,
        number=number,
        span=places.of(query),
        written=text if query is statement else query.sql(dialect="postgres"),
        meant=_meant(query),
        planned=_planned(query, len(file.plain.parameters)),
        parameters=file.plain.parameters,
        selects=read_selects(query, places.of),
        outer=outer_columns(query),
        time=time_column(query),
        uses=tuple(sorted(set(uses), key=lambda use: (use.span.line, use.span.column, use.kind.value, use.text))),
    )


def _query_of(statement: exp.Expr) -> exp.Query | None:
    """What it asks: itself, or the query of a view that it creates or of rows that it inserts."""
    if isinstance(statement, exp.Query):
        return statement if statement.find(exp.Select) is not None else None
    if isinstance(statement, exp.Create | exp.Insert):
        inner = statement.args.get("expression")
        bare = inner.unnest() if isinstance(inner, exp.Expr) else None
        return bare if isinstance(bare, exp.Query) else None
    return None


def _clocks(file: _File, start: int, text: str) -> Iterator[Use]:
    """On the tokens, which keep what the team wrote."""
    tokens = Dialect.get_or_raise("postgres").tokenize(text)
    for before, token, after in zip((None, *tokens), tokens, (*tokens[1:], None), strict=False):
        is_call = after is not None and after.text == "("
        if token.token_type.name in {"IDENTIFIER", "STRING"} or (before is not None and before.text in {".", "as"}):
            continue
        if is_clock_word(token.text, is_call):
            shown = f"{token.text}()" if is_call else token.text
            yield Use(kind=UseKind.CLOCK, text=shown, span=file.span(start + token.start))


def _zoomed(file: _File, start: int, end: int) -> Iterator[Use]:
    for place, text in file.plain.zoomed:
        if file.plain.offset(start) <= place < file.plain.offset(end):
            before = file.text[:place]
            span = Span(file.path, before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1)
            yield Use(kind=UseKind.ZOOM, text=text, span=span)


def _meant(query: exp.Query) -> str:
    copy = query.copy()
    for moved in [*copy.find_all(exp.Add), *copy.find_all(exp.Sub)]:
        _type_of_moved(moved)
    for unit in copy.find_all(exp.DateBin):
        if isinstance(unit.args.get("unit"), exp.Var):
            unit.set("unit", exp.Literal.string(unit.args["unit"].name.lower()))
    return copy.sql(dialect="postgres")


def _type_of_moved(moved: exp.Binary) -> None:
    """``$1 - interval '5 minutes'`` is a moment, which PostgreSQL would take for an interval."""
    if isinstance(moved.right, exp.Interval) and isinstance(moved.left, exp.Parameter):
        moved.left.replace(exp.cast(moved.left.copy(), "timestamptz"))


def _planned(query: exp.Query, parameters: int) -> str:
    """With fixed moments, so that what a plan leaves out does not depend on when it is asked for."""
    copy = sqlglot.parse_one(_meant(query), dialect="postgres")
    for clock in [node for node in copy.walk() if is_clock(node)]:
        if not isinstance(clock, exp.Anonymous):  # those change while a query runs: no plan can count on them
            moment = exp.Parameter(this=exp.Literal.number(parameters + 1))
            clock.replace(exp.cast(moment, _type_of_clock(clock)))
    return copy.sql(dialect="postgres")


def _type_of_clock(clock: exp.Expr) -> str:
    match clock:
        case exp.CurrentDate():
            return "date"
        case exp.CurrentTime() | exp.Localtime():
            return "time"
        case exp.Localtimestamp():
            return "timestamp"
        case _:
            return "timestamptz"
