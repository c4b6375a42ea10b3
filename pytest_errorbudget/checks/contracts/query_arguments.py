"""``query-fails``, arguments: a query is given another number of values than it has parameters."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.places import is_macro, query_place, query_span
from pytest_errorbudget.checks.contracts.subjects import query_subject
from pytest_errorbudget.model.finding import Label
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import Query


def query_arguments(query: Query, typed: Typed) -> Draft | None:
    """Nothing where the number of arguments is 0: it is not known then (``bind`` may be called elsewhere)."""
    given, wanted = query.arguments, len(typed.parameters)
    if not given or given == wanted:
        return None
    counted = f"{given} {'argument' if given == 1 else 'arguments'}"
    parameters = f"{wanted} {'parameter' if wanted == 1 else 'parameters'}"
    return Draft(
        rule=Rule.QUERY_FAILS,
        severity=Rule.QUERY_FAILS.severity,
        place=query_place(query),
        text=f"the query of `{query.function}` is given {counted} and has {parameters}",
        subjects=(query_subject(query),),
        labels=(Label(query_span(query), f"PostgreSQL counts {parameters} here"),),
        consequence=_consequence(query, given > wanted),
        help=f"bind {wanted} {'value' if wanted == 1 else 'values'}",
    )


def _consequence(query: Query, surplus: bool) -> str:
    fails = (
        f"very call fails at run time with {behaviour_of(query.call.library).arity}, so a 500 where a handler passes "
    )
    if not is_macro(query):
        return f"E{fails}it on."
    if surplus:
        return f"The macro does not compile; where `bind` adds to its arguments, e{fails}it on."
    return "The macro does not compile."
