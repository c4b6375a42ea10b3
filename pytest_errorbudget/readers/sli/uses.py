"""The places of a team's SLI query that decide whether two runs answer alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from pytest_errorbudget.model.sli_query import Use, UseKind
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.sli.arbitrary import arbitrary_parts
from pytest_errorbudget.readers.sli.clocks import is_age, is_clock, is_special_moment, special_literals
from pytest_errorbudget.readers.sli.copies import distinct_by
from pytest_errorbudget.readers.sli.divisions import divided
from pytest_errorbudget.readers.sli.lengths import is_length, seconds_of
from pytest_errorbudget.readers.sli.selects import columns_of, comparisons, inner_selects, own_tables, top_selects
from pytest_errorbudget.readers.sli.zones import zoneless_parts

_SHORT_UNITS = frozenset({"MICROSECOND", "MICROSECONDS", "MILLISECOND", "MILLISECONDS", "SECOND", "MINUTE", "EPOCH"})
_TEXTUAL = re.compile(r"'|\$\{|\$[A-Za-z_]|\[\[|\{\{|:'")
_LOWER, _UPPER = (exp.GT, exp.GTE), (exp.LT, exp.LTE)
_FLIPPED: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE}
_CONDITIONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.Boolean, exp.And, exp.Or, exp.Not, exp.In)


@dataclass(frozen=True, slots=True)
class Reading:
    """``parameters`` are what the team writes for each number; ``zoned`` where the file sets the session's zone."""

    place: Callable[[exp.Expr], Span]
    parameters: Sequence[str]
    zoned: bool


def read_uses(statement: exp.Expr, reading: Reading) -> Iterator[Use]:
    """In no order."""
    for node in statement.walk():
        kind = _kind(node, reading)
        if kind is not None:
            yield _use(kind, node, reading)
    for literal, column in special_literals(statement):
        yield replace(_use(UseKind.CLOCK, literal, reading), columns=(column,))
    for part in arbitrary_parts(statement):
        yield _use(UseKind.ARBITRARY, part, reading)
    for part, columns in zoneless_parts(statement) if not reading.zoned else ():
        yield replace(_use(UseKind.ZONELESS, part, reading), columns=columns)
    for star in _stars(statement):
        yield _use(UseKind.STAR, star, reading)
    for select in statement.find_all(exp.Select):
        for kind, comparison in _ranges(select):
            yield _use(kind, comparison, reading)


def _use(kind: UseKind, node: exp.Expr, reading: Reading) -> Use:
    columns, seconds = columns_of((node,)), None
    summed: tuple[str, ...] = ()
    if kind is UseKind.DIVISION:
        parts = divided(node)
        columns, summed = parts.columns, parts.summed
    elif kind is UseKind.SUM:
        columns = _summed(node)
    elif kind is UseKind.CLOCK:
        columns = ()
    elif kind is UseKind.DISTINCT_ROWS:
        select = node.find_ancestor(exp.Select)
        columns = () if select is None else distinct_by(select) or ()
    elif kind in {UseKind.ROWS, UseKind.DISTINCT_ROWS} and isinstance(node, exp.Sum | exp.Avg):
        summed = only_cast(node.this)
    elif kind is UseKind.INTERVAL:
        seconds = seconds_of(node)
    text = node.sql(dialect="postgres")
    for number, written in reversed(tuple(enumerate(reading.parameters, 1))):
        text = text.replace(f"${number}", written)
    return Use(kind=kind, text=text, span=reading.place(node), columns=columns, summed=summed, seconds=seconds)


def _kind(node: exp.Expr, reading: Reading) -> UseKind | None:
    match node:
        case _ if counts_rows(node):
            return _of_rows(node)
        case exp.Sum() | exp.Avg():
            return UseKind.SUM
        case _ if is_special_moment(node) or is_age(node):
            return UseKind.CLOCK
        case exp.Div() if divided(node).is_whole:
            return UseKind.DIVISION
        case _ if is_width(node):
            return UseKind.INTERVAL
        case _ if _is_untyped_limit(node, reading.parameters):
            return UseKind.UNTYPED
        case _ if not reading.zoned and cuts_days(node):
            return UseKind.DAY
        case _:
            return None


def _of_rows(node: exp.Expr) -> UseKind | None:
    select = node.find_ancestor(exp.Select)
    by = () if select is None else distinct_by(select)
    if by is None:
        return UseKind.ROWS
    return UseKind.DISTINCT_ROWS if len(by) > 1 else None


def counts_rows(node: exp.Expr) -> bool:
    """``count(…)`` of anything but distinct values; the sum or average of a condition's 1 and 0."""
    match node:
        case exp.Count():
            return not isinstance(node.this, exp.Distinct)
        case exp.Sum():
            return condition_of(node.this) is not None
        case exp.Avg():  # of a CASE without ELSE, it is the average of its ones
            case = node.this.unnest()
            return condition_of(case) is not None and not (
                isinstance(case, exp.Case) and (case.args.get("default") is None or _is_null(case.args["default"]))
            )
        case _:
            return False


def condition_of(value: exp.Expr) -> exp.Expr | None:
    """What decides between 1 and 0 (or NULL): of a CASE, or of a boolean that is cast."""
    match value:
        case exp.Paren():
            return condition_of(value.this)
        case exp.Case() if value.this is None and len(value.args["ifs"]) == 1:
            one, other = value.args["ifs"][0], value.args.get("default")
            if _is_number(one.args["true"], 1) and (other is None or _is_number(other, 0) or _is_null(other)):
                condition = one.this
                return condition if isinstance(condition, exp.Expr) else None
            return None
        case exp.Cast() if isinstance(value.this.unnest(), (*_CONDITIONS, exp.Column)) and _is_number_type(value):
            inner = value.this.unnest()
            return inner if isinstance(inner, exp.Expr) else None
        case _:
            return None


def _is_number_type(cast: exp.Cast) -> bool:
    return cast.to.is_type("int", "bigint", "smallint", "decimal", "double", "float")


def only_cast(value: exp.Expr) -> tuple[str, ...]:
    """The column of ``ok::int``, which is a condition if the column is a boolean."""
    bare = value.unnest()
    column = bare.this.unnest() if isinstance(bare, exp.Cast) else None
    return (column.name,) if isinstance(column, exp.Column) else ()


def _is_number(value: exp.Expr, number: int) -> bool:
    bare = value.this if isinstance(value, exp.Cast) else value
    return isinstance(bare, exp.Literal) and re.fullmatch(rf"{number}(\.0*)?", bare.name) is not None


def _is_null(value: exp.Expr) -> bool:
    return isinstance(value, exp.Null)


def _summed(node: exp.Expr) -> tuple[str, ...]:
    """The columns whose values are added as they are: not those of conditions, and not cast ones."""
    return tuple(sorted({column.name for column in node.find_all(exp.Column) if _is_value(column, node)}))


def _is_value(column: exp.Column, of: exp.Expr) -> bool:
    parent = column.parent
    while parent is not None and parent is not of:
        if isinstance(parent, (exp.Cast, exp.Where, exp.Select, *_CONDITIONS)):
            return False
        parent = parent.parent
    return True


def _stars(statement: exp.Expr) -> Iterator[exp.Expr]:
    """Those whose columns are a table's, as far as they reach the answer."""
    pending = list(top_selects(statement))
    while pending:
        select = pending.pop()
        tables = {table.alias_or_name for table in own_tables(select)}
        for one in select.expressions:
            of_one = isinstance(one, exp.Column) and isinstance(one.this, exp.Star) and one.table in tables
            if of_one or (isinstance(one, exp.Star) and tables):
                yield one
            elif one.is_star:
                pending.extend(inner_selects(select))


def _ranges(select: exp.Select) -> Iterator[tuple[UseKind, exp.Expr]]:
    """Ranges of a column that have no end, that have both ends, and comparisons of what is computed of a column."""
    bounds: dict[str, list[tuple[type[exp.Expr], exp.Expr]]] = {}
    for comparison in comparisons(select):
        column = comparison.find(exp.Column)
        if column is None or _is_denied(comparison, select):
            continue
        if is_wrapped(comparison):
            yield UseKind.WRAPPED, comparison
        if isinstance(comparison, exp.Between) and isinstance(comparison.this, exp.Column):
            yield UseKind.CLOSED, comparison
        bounds.setdefault(column.name, []).append((_direction(comparison, column), comparison))
    for found in bounds.values():
        kinds = {kind for kind, _ in found}
        for kind, comparison in found:
            if kind in _LOWER and kinds <= set(_LOWER) and _has_fixed_side(comparison):
                yield UseKind.OPEN, comparison
            elif kind is exp.LTE and exp.GTE in kinds and not is_wrapped(comparison):
                yield UseKind.CLOSED, comparison


def _is_denied(comparison: exp.Expr, select: exp.Select) -> bool:
    """Under a NOT, which makes it another range."""
    return comparison.find_ancestor(exp.Not, exp.Select) is not select


def _direction(comparison: exp.Expr, column: exp.Column) -> type[exp.Expr]:
    """As if the column stood on the left."""
    kind = type(comparison)
    on_right = isinstance(comparison, exp.Binary) and any(node is column for node in comparison.right.walk())
    return _FLIPPED.get(kind, kind) if on_right else kind


def _has_fixed_side(comparison: exp.Expr) -> bool:
    """Compared with no clock (which is an end, as another rule says) and with no other column."""
    columns = list(comparison.find_all(exp.Column))
    return len(columns) == 1 and not any(is_clock(node) for node in comparison.walk())


def is_wrapped(comparison: exp.Expr) -> bool:
    """Whether a side computes something of a column instead of naming it."""
    sides = [comparison.left, comparison.right] if isinstance(comparison, exp.Binary) else [comparison.this]
    return any(not isinstance(side.unnest(), exp.Column) and side.find(exp.Column) is not None for side in sides)


def is_width(node: exp.Expr) -> bool:
    """An interval by which a moment is moved or cut; not one with which a duration is compared."""
    if isinstance(node, exp.Literal):
        return isinstance(node.parent, exp.DateBin | exp.Anonymous) and _stride(node)
    if not is_length(node):
        return False
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    if isinstance(parent, exp.Add | exp.Sub | exp.DateBin | exp.GenerateSeries | exp.ExplodingGenerateSeries):
        return True
    return isinstance(parent, exp.GT | exp.GTE | exp.LT | exp.LTE) and any(is_clock(one) for one in parent.walk())


def _stride(node: exp.Literal) -> bool:
    parent = node.parent
    if isinstance(parent, exp.Anonymous):
        return parent.name.lower() == "time_bucket" and bool(parent.expressions) and parent.expressions[0] is node
    return parent is not None and parent.this is node


def _is_untyped_limit(node: exp.Expr, parameters: Sequence[str]) -> bool:
    """What a dashboard puts in as text is a number, with a number's own type."""
    if not isinstance(node, exp.Binary) or node.find_ancestor(exp.Having) is None:
        return False
    sides = (node.left, node.right)
    return any(isinstance(side, exp.Parameter) and not _is_textual(side, parameters) for side in sides) and any(
        side.find(exp.AggFunc) is not None for side in sides
    )


def _is_textual(parameter: exp.Parameter, parameters: Sequence[str]) -> bool:
    number = int(parameter.name) if parameter.name.isdigit() else 0
    return 0 < number <= len(parameters) and _TEXTUAL.match(parameters[number - 1]) is not None


def cuts_days(node: exp.Expr) -> bool:
    """``date_trunc`` without a zone, a cast to a date or an hour of a column: the session's zone says which it is."""
    if node.find(exp.AtTimeZone) is not None or any(_is_zone_call(one) for one in node.find_all(exp.Anonymous)):
        return False
    match node:
        case exp.TimestampTrunc():
            return node.args.get("zone") is None and node.text("unit").upper() not in _SHORT_UNITS
        case exp.Cast():
            return node.to.is_type("date", "time") and node.this.find(exp.Column) is not None
        case exp.Extract():
            return node.name.upper() not in _SHORT_UNITS
        case exp.Date() | exp.TimeToStr():
            return True
        case _:
            return False


def _is_zone_call(node: exp.Anonymous) -> bool:
    return node.name.lower() == "timezone"
