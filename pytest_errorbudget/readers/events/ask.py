"""From a source, its SLOs and a table's columns to the question that is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.events.aggregation.predicate import column_name, parse_predicate, predicate_columns
from pytest_errorbudget.readers.events.aggregation.question import Predicates, Question
from pytest_errorbudget.readers.events.bound import condition, refuse_clock
from pytest_errorbudget.readers.events.files.columns import NUMBERS, FileColumn, as_micros, as_text, find
from pytest_errorbudget.readers.events.files.named import meant

Micros = Callable[[EventSource, FileColumn], exp.Expr]
"""How an engine writes a column's time in whole µs since the Unix epoch."""


def ask(
    source: EventSource,
    slos: Sequence[Slo],
    tenants: Sequence[str],
    columns: tuple[FileColumn, ...],
    window_us: int,
    *,
    micros: Micros = as_micros,
) -> tuple[Question, tuple[Problem, ...]]:
    """The question, and a problem for each SLO that had to be left out of it.

    Raises ``Unreadable`` where the source lacks its id, tenant, time or replica.
    """
    names = source.columns
    replica = None if names.replica is None else find(source, columns, names.replica, "which holds the replica shard")
    predicates, problems = _predicates(source, slos, columns)
    question = Question(
        id=_identity(source, columns),
        tenant=as_text(find(source, columns, names.tenant, "which holds the tenant")),
        time_us=micros(source, find(source, columns, names.time, "which holds the event's time")),
        replica=None if replica is None else as_text(replica),
        mapped=_mapped(predicates),
        predicates=predicates,
        tenants=known_tenants(source, tenants),
        window_us=window_us,
        slot_us=source.slot_us,
    )
    return question, problems


def _identity(source: EventSource, columns: tuple[FileColumn, ...]) -> exp.Expr:
    """A row of counts has no id of its own, and lacks none."""
    if source.slot_us is not None:
        return exp.Literal.string("slot")
    return column(find(source, columns, source.columns.id, "which holds the event's id").name, quoted=True)


def known_tenants(source: EventSource, tenants: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(value in the events, tenant's name): as the source maps them, else the name itself."""
    written = [(value, name) for value, name in source.tenants if name in tenants]
    mapped = {name for _, name in written}
    values = {value for value, _ in written}
    plain = [(name, name) for name in tenants if name not in mapped and name not in values]
    return tuple(sorted({*written, *plain}))


def _mapped(predicates: Sequence[Predicates]) -> tuple[str, ...]:
    """By name, in whatever case a source writes it: copies are ordered by these columns, alike in every source."""
    read = [part for one in predicates for part in (one.good, one.where, one.bad) if part is not None]
    names = {name for predicate in read for name in predicate_columns(predicate)}
    return tuple(sorted(names, key=lambda name: (name.lower(), name)))


def _predicates(
    source: EventSource, slos: Sequence[Slo], columns: tuple[FileColumn, ...]
) -> tuple[tuple[Predicates, ...], tuple[Problem, ...]]:
    predicates: list[Predicates] = []
    problems: list[Problem] = []
    for slo in slos:
        try:
            predicates.append(_of_slo(source, slo, columns))
        except ValueError as error:
            problems.append(_invalid(slo, str(error), slo.good_at))
        except Unreadable as error:
            problems.append(error.problem)
    return tuple(predicates), tuple(problems)


def _of_slo(source: EventSource, slo: Slo, columns: tuple[FileColumn, ...]) -> Predicates:
    where = None if slo.sli.where is None else _bound(source, slo, columns, slo.sli.where, slo.where_at)
    if source.columns.service is not None:
        service = find(source, columns, source.columns.service, "which holds the service")
        own = exp.NullSafeEQ(this=as_text(service), expression=exp.Literal.string(slo.service))
        where = own if where is None else exp.and_(own, exp.paren(where))
    good = _bound(source, slo, columns, slo.sli.good, slo.good_at)
    if source.slot_us is None:
        return Predicates(slo=slo, good=good, where=where)
    bad = find(source, columns, source.columns.bad or "bad", "which counts bad events")
    if not isinstance(good, exp.Column):
        raise ValueError(f"`{slo.sli.good}` judges an event, and `{source.name}` holds counts: write `good`")
    for counts in (find(source, columns, good.name, "which counts good events"), bad):
        if counts.type == "VARCHAR":
            raise ValueError(f"the column `{counts.name}` counts events and is text (VARCHAR){counts.odd}")
    return Predicates(slo=slo, good=good, where=where, bad=column(bad.name, quoted=True))


def _bound(source: EventSource, slo: Slo, columns: tuple[FileColumn, ...], text: str, at: Span | None) -> exp.Expr:
    """The predicate with every column under the name that the source gives it, quoted. Raises ``Unreadable`` with where
    it is written."""
    try:
        return _named(source, slo, columns, text)
    except ValueError as error:
        raise Unreadable(_invalid(slo, str(error), at)) from None


def _named(source: EventSource, slo: Slo, columns: tuple[FileColumn, ...], text: str) -> exp.Expr:
    predicate = parse_predicate(text)
    words = meant(source)
    for read in list(predicate.find_all(exp.Column)):
        name = words.get(column_name(read), column_name(read))
        found = find(source, columns, name, f"which the SLO `{slo.name}` reads in `{text}`")
        _comparable(read, found)
        refuse_clock(read, found)
        named = column(found.name, quoted=True)
        # engines compare a float of 32 bits with a decimal literal differently, and one of 64 bits alike
        bound: exp.Expr = exp.cast(named, "double") if found.type in {"FLOAT", "REAL"} else named
        # in a table of counts, what stands alone is a count
        bound = bound if source.slot_us is not None else condition(read, found, bound)
        if read is predicate:
            return bound
        read.replace(bound)
    return predicate


def _comparable(read: exp.Column, found: FileColumn) -> None:
    """Raises ``ValueError`` for text beside a number: engines convert one of the two, and not the same one."""
    if found.type != "VARCHAR" and found.type not in NUMBERS and not found.type.startswith("DECIMAL"):
        return
    around = read.parent
    if isinstance(around, exp.Binary | exp.In | exp.Between) and not isinstance(around, exp.Connector):
        for literal in around.iter_expressions():
            if isinstance(literal, exp.Literal) and literal.is_string != (found.type == "VARCHAR"):
                kind = "text" if found.type == "VARCHAR" else "a number"
                beside = f"is compared with {literal.sql()}{found.odd}"
                raise ValueError(f"the column `{found.name}` is {kind} ({found.type}) and {beside}")


def _invalid(slo: Slo, message: str, at: Span | None) -> Problem:
    return Problem(
        rule=Rule.SETTINGS_INVALID,
        message=f"the SLO `{slo.name}` cannot be counted: {message}",
        place=slo.name,
        span=at or slo.span,
        consequence="No burn rate is computed for this SLO; the others go on.",
        help="write the predicate as a condition over one event's columns, such as `status < 500`",
    )
