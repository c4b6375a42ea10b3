"""``query-fails``: PostgreSQL refuses a query in a tenant's schema."""

from __future__ import annotations

import re
from difflib import get_close_matches

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.elsewhere import unmentioned
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.places import is_macro, query_place, shown_pg, sql_span
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import query_subject
from pytest_errorbudget.checks.contracts.undecided import undecided
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.facts import QueryTyping
from pytest_errorbudget.model.finding import Label, LabelKind
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust_queries import Query
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span

_NAME = re.compile(r'"([^"]+)"|\b(\w+(?:\.\w+)+)\b')


def query_fails(
    query: Query, rejected: Rejected, typing: QueryTyping, shape: TenantShape, view: View
) -> Draft | Unchecked:
    reason = undecided(query, rejected, bool(typing.declared), view)
    if reason is not None:
        return Unchecked("query", query_place(query), reason, query.span)
    strange = unmentioned(rejected, shape.schema, view.statements)
    history = _added_by(rejected, shape.schema, view.migrated)
    context = tuple(Label(span, f"`{name}` is added here", LabelKind.CONTEXT) for name, span in history)
    return Draft(
        rule=Rule.QUERY_FAILS,
        severity=Rule.QUERY_FAILS.severity if strange is None else Severity.WARNING,
        place=query_place(query),
        text=f"the query of `{query.function}` fails: {rejected.message} (SQLSTATE {rejected.sqlstate})",
        subjects=(query_subject(query),),
        labels=(Label(sql_span(query, rejected.offset), rejected.message), *context),
        consequence=_consequence(query, shape, view),
        help=_unmade(strange) or _by_values(query, typing) or _help(query, rejected, shape, view, history),
    )


def _unmade(strange: str | None) -> str | None:
    """A warning's: the relation may be there, made by something that is not read."""
    if strange is None:
        return None
    return f"no migration mentions the {strange}: add it in one, unless something else makes it before the query runs"


def _consequence(query: Query, shape: TenantShape, view: View) -> str:
    database = behaviour_of(query.call.library).database
    error = f"fails at run time with {database}, so a 500 where a handler passes it on"
    if not is_macro(query):
        return f"Every call {error}."
    if not shape.tenants or isinstance(view.compiled(query), Rejected):
        return "The macro does not compile against the schema that the migrations build."
    return f"`{query.call.value}` compiles against the developer's database, and every call for this schema {error}."


def _by_values(query: Query, typing: QueryTyping) -> str | None:
    """Where only the types of the bound values make PostgreSQL refuse it."""
    if typing.undeclared is None:
        return None
    types = ", ".join(f"${n} as `{shown_pg(pg)}`" for n, pg in enumerate(typing.declared, 1) if pg is not None)
    return (
        f"{query.call.library.value} sends {types}: cast the parameter in the query, or bind a value of the type that "
        "it is to have"
    )


def _help(
    query: Query, rejected: Rejected, shape: TenantShape, view: View, history: tuple[tuple[str, Span], ...]
) -> str:
    if history:
        name, span = history[0]
        return f"this schema lacks `{name}`, which {span.path} adds: mend the schema before this code is deployed"
    if shape.tenants and isinstance(view.compiled(query), Typed):
        return "the newest migrations accept this query: bring the tenant's schema to them before this code is deployed"
    if rejected.hint:
        return rejected.hint
    nearest = _nearest(rejected, shape.schema)
    if nearest is not None:
        return f"the nearest name that this schema has is `{nearest}`"
    return "mend the query, or add what it needs in a migration"


def _named(rejected: Rejected) -> set[str]:
    """The names in PostgreSQL's message, without what qualifies them."""
    return {(match[1] or match[2]).rpartition(".")[2] for match in _NAME.finditer(rejected.message)}


def _nearest(rejected: Rejected, schema: Schema) -> str | None:
    """The most similar name of the kind that PostgreSQL did not find."""
    match rejected.sqlstate:
        case "42703":
            known = {column.name for relation in schema.relations for column in relation.columns}
        case "42P01":
            known = {relation.name for relation in schema.relations}
        case _:
            return None
    missing = sorted(_named(rejected) - known)
    found = [close for name in missing for close in get_close_matches(name, sorted(known), n=1)]
    return found[0] if found else None


def _added_by(rejected: Rejected, here: Schema, migrated: Schema | None) -> tuple[tuple[str, Span], ...]:
    """The relations and columns named in PostgreSQL's message that the migrations have and this schema lacks."""
    if migrated is None:
        return ()
    quoted = _named(rejected)
    added: list[tuple[str, Span]] = []
    for relation in migrated.relations:
        ours = here.relation(relation.schema, relation.name)
        if relation.name in quoted and ours is None and relation.origin is not None:
            added.append((relation.display, relation.origin))
        for column in relation.columns:
            missing = ours is not None and ours.column(column.name) is None
            if column.name in quoted and missing and column.origin is not None:
                added.append((f"{relation.display}.{column.name}", column.origin))
    return tuple(added)
