"""SQL files with a team's own SLI queries, read on sqlglot's syntax tree (PostgreSQL's dialect)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Glob
from pytest_errorbudget.model.sli_query import SliQuery, Use, UseKind
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.sli.clocks import is_clock, is_clock_word, special_moment
from pytest_errorbudget.readers.sli.dialect import Plain, plain
from pytest_errorbudget.readers.sli.selects import outer_columns, read_selects, time_column
from pytest_errorbudget.readers.sli.statements import question, statements, tokens_of
from pytest_errorbudget.readers.sli.uses import Reading, read_uses

_MISSING = re.compile(r"Missing \S+ from \d+:(\d+)")
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
        file = _File(path=path, text=text, plain=plain(text), zoned=_SETS_ZONE.search(text) is not None)
        parts = tuple(statements(file.plain.text))
    except ValueError as error:
        yield SliQuery(path=path, number=1, span=Span(path, 1, 1), unread=str(error))
        return
    except SqlglotError as error:
        yield _endless(file, error)
        return
    if not parts:
        yield SliQuery(path=path, number=1, span=Span(path, 1, 1), unread="the file holds no statement")
    for number, (start, end) in enumerate(parts, 1):
        yield _of_statement(file, number, start, end)


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


def _endless(file: _File, error: SqlglotError) -> SliQuery:
    """What the tokenizer cannot split is a string, a quoted name or a comment that has no end."""
    found = _MISSING.search(str(error.__context__))
    reason = f"no statement of the file is read: {'what begins here' if found else 'a string or a comment'} has no end"
    place = file.span(int(found[1])) if found else Span(file.path, 1, 1)
    return SliQuery(path=file.path, number=1, span=place, unread=reason)


@dataclass(frozen=True, slots=True)
class _Places:
    """Places in a file, from the offsets that sqlglot keeps within a statement that begins at ``start``."""

    file: _File
    start: int
    intervals: Mapping[str, Sequence[int]]

    def of(self, node: exp.Expr) -> Span:
        """Where the node begins: at the first of its own places and of those under it, else where its parent does."""
        return self.file.span(self.start + self._offset(node))

    def _offset(self, node: exp.Expr) -> int:
        if isinstance(node, exp.Interval):
            return self._of_interval(node)
        if isinstance(node, exp.Mul) and isinstance(node.left, exp.Interval):
            return self._of_interval(node.left)
        starts = [_start(each) for each in node.walk() if "start" in each.meta]
        if not starts:
            return 0 if node.parent is None else self._offset(node.parent)
        return min(starts)

    def _of_interval(self, node: exp.Interval) -> int:
        """sqlglot keeps no place of it: the first of its text behind where what it is part of begins."""
        parent = node.parent
        while isinstance(parent, exp.Mul | exp.Paren):
            parent = parent.parent
        around = 0 if parent is None else self._offset(parent)
        value = node.this.name if node.this is not None else ""
        found = self.intervals.get(f"{value} {node.text('unit')}".strip().lower(), ())
        return next((place for place in found if place >= around), around)


def _intervals(text: str) -> Mapping[str, Sequence[int]]:
    """Where the keyword stands, by what follows it."""
    found: dict[str, list[int]] = {}
    tokens = tokens_of(text)
    for word, value, unit in zip(tokens, tokens[1:], (*tokens[2:], None), strict=False):
        if word.text.lower() == "interval" and not word.token_type.name.endswith("STRING"):
            found.setdefault(value.text.lower(), []).append(word.start)
            if unit is not None:
                found.setdefault(f"{value.text} {unit.text}".lower(), []).append(word.start)
    return found


def _start(node: exp.Expr) -> int:
    """A parameter begins at its ``$``, which is a token of its own."""
    place = int(node.meta["start"])
    return place - 1 if isinstance(node.parent, exp.Parameter) else place


def _of_statement(file: _File, number: int, start: int, end: int) -> SliQuery:
    span = file.span(start)
    try:
        begin, stop = question(file.plain.text[start:end])
        return _understood(file, number, start + begin, start + stop)
    except ValueError as error:
        return SliQuery(path=file.path, number=number, span=span, unread=str(error))
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
    _must_name_its_tables(query, file.plain.parameters)
    places = _Places(file, start, _intervals(text))
    uses = (
        *read_uses(query, Reading(places.of, file.plain.parameters, file.zoned)),
        *_clocks(file, start, text),
        *_zoomed(file, start, end),
    )
    return SliQuery(
        path=file.path,
        number=number,
        span=places.of(query),
        written=query.sql(dialect="postgres") if isinstance(statement, exp.Insert) else text,
        meant=_meant(query),
        planned=_planned(query, len(file.plain.parameters)),
        parameters=file.plain.parameters,
        selects=read_selects(query, places.of),
        outer=outer_columns(query),
        time=time_column(query),
        places=() if isinstance(statement, exp.Insert) else _places(file, start, text),
        uses=tuple(sorted(set(uses), key=lambda use: (use.span.line, use.span.column, use.kind.value, use.text))),
    )


def _must_name_its_tables(query: exp.Query, parameters: Sequence[str]) -> None:
    """Raises ``ValueError`` where a variable stands for a table."""
    for table in query.find_all(exp.Table):
        named = table.find(exp.Parameter)
        if named is not None and not isinstance(table.this, exp.Func):
            number = int(named.name)
            written = parameters[number - 1] if number <= len(parameters) else f"${number}"
            raise ValueError(f"a variable says what it reads: `{written}`")


def _query_of(statement: exp.Expr) -> exp.Query | None:
    """What it asks: itself, or the query of the rows that it inserts."""
    if isinstance(statement, exp.Query):
        query = statement.unnest()
        return query if isinstance(query, exp.Query) and query.find(exp.Select) is not None else None
    if isinstance(statement, exp.Insert):
        inner = statement.args.get("expression")
        bare = inner.unnest() if isinstance(inner, exp.Expr) else None
        return bare if isinstance(bare, exp.Query) else None
    return None


def _places(file: _File, start: int, text: str) -> tuple[tuple[int, Span], ...]:
    return tuple((token.start, file.span(start + token.start)) for token in tokens_of(text))


def _clocks(file: _File, start: int, text: str) -> Iterator[Use]:
    """On the tokens, which keep what the team wrote."""
    tokens = tokens_of(text)
    for before, token, after in zip((None, *tokens), tokens, (*tokens[1:], None), strict=False):
        is_call = after is not None and after.text == "("
        is_word = not token.token_type.name.endswith("STRING") and token.token_type.name != "IDENTIFIER"
        if not is_word or (before is not None and before.text in {".", "as"}):
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
            clock.replace(_fixed(clock, moment))
    return copy.sql(dialect="postgres")


def _fixed(clock: exp.Expr, moment: exp.Expr) -> exp.Expr:
    match clock:
        case exp.Cast():
            return special_moment(clock, exp.cast(moment, "timestamptz"))
        case exp.CurrentDate():
            return exp.cast(moment, "date")
        case exp.CurrentTime() | exp.Localtime():
            return exp.cast(moment, "time")
        case exp.Localtimestamp():
            return exp.cast(moment, "timestamp")
        case _:
            return exp.cast(moment, "timestamptz")
