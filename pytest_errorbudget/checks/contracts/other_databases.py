"""Crates that read several databases: a query is meant for the one that accepts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pytest_errorbudget.checks.contracts.scope import Scope
from pytest_errorbudget.checks.contracts.unreached import unreached_of
from pytest_errorbudget.checks.contracts.view import key_of
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rust_queries import Query


def meant_elsewhere(contracts: Contracts, others: Sequence[tuple[DatabaseFacts, Scope]]) -> Mapping[QueryKey, str]:
    """Of each query that one of the ``others`` accepts, or may accept behind the migration at which its replay stops:
    which, and why. Databases that the query's crate does not read have no say."""
    found: dict[QueryKey, str] = {}
    for database, scope in others:
        ours = [query for query in contracts.queries if scope.reads(query.crate)]
        found = {**dict(_claimed(ours, database)), **found}
    return found


def _claimed(queries: Iterable[Query], database: DatabaseFacts) -> Iterable[tuple[QueryKey, str]]:
    verdicts = {
        typing.query: typing.verdict
        for each in database.typings
        for typing in each.queries
        if isinstance(typing.verdict, Typed)
    }
    refused = {
        typing.query: typing.verdict
        for each in database.typings
        for typing in each.queries
        if typing.query not in verdicts
    }
    unreached = unreached_of(database)
    schemas = () if database.static is None else (database.static.schema,)
    for query in queries:
        key = key_of(query)
        if key in verdicts:
            yield key, f"the database `{database.name}` accepts it"
        elif unreached is not None and unreached.may_change(query.sql or "", refused.get(key), schemas):
            yield key, f"the database `{database.name}` may accept it, but {unreached.reason}"
