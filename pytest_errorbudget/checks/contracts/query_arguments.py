"""``query-fails``, arguments: a query is given another number of values than it has parameters.

A value too many does not fail where its type is sent along: PostgreSQL gives the statement a parameter of this type,
which nothing reads (tested on 18; sqlx, sea-orm and diesel send types, tokio-postgres counts).
"""

from __future__ import annotations

import re

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.places import is_macro, query_place, query_span
from pytest_errorbudget.checks.contracts.subjects import query_subject
from pytest_errorbudget.model.finding import Label
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust_queries import Library, Query
from pytest_errorbudget.model.severity import Severity

_PARAMETER = re.compile(r"\$(\d+)")


def query_arguments(query: Query, typed: Typed, declared: tuple[PgType | None, ...]) -> Draft | None:
    """Nothing where the number of arguments is 0: it is not known then (``bind`` may be called elsewhere). ``declared``
    are the types with which the query was prepared."""
    given, wanted = query.arguments, _named(query) if declared else len(typed.parameters)
    if not given or given == wanted:
        return None
    counted = f"{given} {'argument' if given == 1 else 'arguments'}"
    parameters = f"{wanted} {'parameter' if wanted == 1 else 'parameters'}"
    unread = given > wanted and query.call.library is not Library.TOKIO_POSTGRES
    return Draft(
        rule=Rule.QUERY_FAILS,
        severity=Severity.WARNING if unread else Rule.QUERY_FAILS.severity,
        place=query_place(query),
        text=f"the query of `{query.function}` is given {counted} and has {parameters}",
        subjects=(query_subject(query),),
        labels=(Label(query_span(query), f"PostgreSQL counts {parameters} here"),),
        consequence=_unread(query) if unread else _consequence(query),
        help=f"bind {wanted} {'value' if wanted == 1 else 'values'}",
    )


def _named(query: Query) -> int:
    """The parameters that the text names: where types are declared, PostgreSQL counts these too."""
    return max(map(int, _PARAMETER.findall(query.sql or "")), default=0)


def _consequence(query: Query) -> str:
    if is_macro(query):
        return "The macro does not compile."
    return (
        f"Every call fails at run time with {behaviour_of(query.call.library).arity}, so a 500 where a handler passes "
        "it on."
    )


def _unread(query: Query) -> str:
    runs = "the query runs, and nothing reads the value: a condition that was to use it may be missing"
    if is_macro(query):
        return f"The macro does not compile; where `bind` adds to its arguments, {runs}."
    return f"T{runs[1:]}."
