"""From a source, its SLOs and a table's columns to the question that is asked of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.files import FileColumn, as_micros, as_text, find
from pytest_errorbudget.readers.events.predicate import column_name, parse_predicate, predicate_columns
from pytest_errorbudget.readers.events.question import Predicates, Question


def ask(
    source: EventSource, slos: Sequence[Slo], tenants: Sequence[str], columns: tuple[FileColumn, ...], window_us: int
) -> tuple[Question, tuple[Problem, ...]]:
    """The question, and a problem for each SLO that had to be left out of it.

    Raises ``Unreadable`` where the source lacks its id, tenant, time or replica.
    """
    names = source.columns
    replica = None if names.replica is None else find(source, columns, names.replica, "which holds the replica shard")
    identity = find(source, columns, names.id, "which holds the event's id")
    predicates, problems = _predicates(source, slos, columns)
    question = Question(
        id=column(identity.name, quoted=True),
        tenant=as_text(find(source, columns, names.tenant, "which holds the tenant")),
        time_us=as_micros(source, find(source, columns, names.time, "which holds the event's time")),
        replica=None if replica is None else as_text(replica),
        mapped=_mapped(predicates),
        predicates=predicates,
        tenants=known_tenants(source, tenants),
        window_us=window_us,
    )
    return question, problems


def known_tenants(source: EventSource, tenants: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(value in the events, tenant's name): as the source maps them, else the name itself."""
    written = [(value, name) for value, name in source.tenants if name in tenants]
    mapped = {name for _, name in written}
    values = {value for value, _ in written}
    plain = [(name, name) for name in tenants if name not in mapped and name not in values]
    return tuple(sorted({*written, *plain}))


def _mapped(predicates: Sequence[Predicates]) -> tuple[str, ...]:
    read = [one.good for one in predicates] + [one.where for one in predicates if one.where is not None]
    return tuple(sorted({name for predicate in read for name in predicate_columns(predicate)}))


def _predicates(
    source: EventSource, slos: Sequence[Slo], columns: tuple[FileColumn, ...]
) -> tuple[tuple[Predicates, ...], tuple[Problem, ...]]:
    predicates: list[Predicates] = []
    problems: list[Problem] = []
    for slo in slos:
        try:
            good = _bound(source, slo, columns, slo.sli.good)
            where = None if slo.sli.where is None else _bound(source, slo, columns, slo.sli.where)
            predicates.append(Predicates(slo=slo, good=good, where=where))
        except ValueError as error:
            problems.append(_invalid(slo, str(error)))
        except Unreadable as error:
            problems.append(error.problem)
    return tuple(predicates), tuple(problems)


def _bound(source: EventSource, slo: Slo, columns: tuple[FileColumn, ...], text: str) -> exp.Expr:
    """The predicate with every column under the name that the files give it, quoted."""
    predicate = parse_predicate(text)
    for read in list(predicate.find_all(exp.Column)):
        found = find(source, columns, column_name(read), f"which the SLO `{slo.name}` reads in `{text}`")
        bound = column(found.name, quoted=True)
        if read is predicate:
            return bound
        read.replace(bound)
    return predicate


def _invalid(slo: Slo, message: str) -> Problem:
    return Problem(
        rule=Rule.SETTINGS_INVALID,
        message=f"the SLO `{slo.name}` cannot be counted: {message}",
        place=slo.name,
        span=slo.span,
        consequence="No burn rate is computed for this SLO; the others go on.",
        help="write the predicate as a condition over one event's columns, such as `status < 500`",
    )
