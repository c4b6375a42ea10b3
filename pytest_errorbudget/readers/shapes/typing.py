"""Builds each shape once, on the way through the migrations, and prepares every query in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import psycopg

from pytest_errorbudget.model.facts import QueryKey, QueryTyping, ShapeTyping
from pytest_errorbudget.model.migration import MigrationFailure, MigrationSet
from pytest_errorbudget.model.query_typing import Rejected, Typed, Verdict
from pytest_errorbudget.readers.apply_migrations import Connection, apply_file, create_bookkeeping
from pytest_errorbudget.readers.scratch import ScratchServer
from pytest_errorbudget.readers.shape_request import Query, ShapeRequest
from pytest_errorbudget.readers.shapes.extensions import look_in_homes, move_back, move_to_public, moved_to
from pytest_errorbudget.readers.shapes.known_trees import KnownTrees
from pytest_errorbudget.readers.shapes.prepare import Asked, prepare_all
from pytest_errorbudget.readers.shapes.pruning import plan_reads

_NO_SUCH_SCHEMA = "3F000"
_QUOTED = re.compile('"(.+)"')


def type_queries(
    server: ScratchServer, migrations: MigrationSet, shapes: Sequence[ShapeRequest], queries: Sequence[Query]
) -> tuple[ShapeTyping, ...]:
    """A typing per request, in the order of the requests; equal shapes are prepared once.

    All shapes come from one pass over the migrations: a mended one lives in a transaction that is rolled back.
    """
    wanted = {_effective(request, migrations): None for request in shapes}
    built: dict[_Build, tuple[QueryTyping, ...]] = {}
    with server.database() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
        create_bookkeeping(connection, migrations)
        failure, trees = None, KnownTrees()
        for position in range(len(migrations.files) + 1):
            if position and failure is None:
                failure = apply_file(connection, migrations, migrations.files[position - 1])
            for build in (b for b in wanted if b.files == position):
                trees.next_shape()
                built[build] = _typed(connection, build, queries, failure, trees)
    return tuple(
        ShapeTyping(shape=request.digest, queries=built[_effective(request, migrations)]) for request in shapes
    )


@dataclass(frozen=True, slots=True)
class _Build:
    """What a request comes down to: so many files, then these statements. Equal ones are built once."""

    files: int
    mending: tuple[str, ...]
    extension_schemas: tuple[str, ...]


def _effective(request: ShapeRequest, migrations: MigrationSet) -> _Build:
    """A version that no file has stands for all files: its mending starts from the newest schema."""
    positions = {file.version: number for number, file in enumerate(migrations.files, start=1)}
    newest = len(migrations.files)
    files = newest if request.version is None else positions.get(request.version, newest)
    return _Build(files, request.mending, request.extension_schemas)


def _typed(
    connection: Connection,
    build: _Build,
    queries: Sequence[Query],
    failure: MigrationFailure | None,
    trees: KnownTrees,
) -> tuple[QueryTyping, ...]:
    if failure is not None:
        return _unchecked(queries, f"the migrations stop at {failure.span}: {failure.message}")
    connection.execute("begin")
    try:
        reason = _mend(connection, build.mending)
        if reason is not None:
            return _unchecked(queries, reason)
        look_in_homes(connection)
        typings = _elsewhere(connection, build, queries, trees, _prepared(connection, queries, trees))
        return _with_reads(connection, queries, typings)
    finally:
        connection.execute("rollback")


def _prepared(connection: Connection, queries: Sequence[Query], trees: KnownTrees) -> tuple[QueryTyping, ...]:
    """What is refused with the declared types is asked again without them."""
    verdicts = prepare_all(connection, [Asked(query.sql, query.declared) for query in queries], trees)
    refused = [q for q, v in zip(queries, verdicts, strict=True) if q.declared and isinstance(v, Rejected)]
    free = prepare_all(connection, [Asked(query.sql) for query in refused], trees)
    again = {query.key: verdict for query, verdict in zip(refused, free, strict=True)}
    return tuple(
        _typing(query, verdict, again.get(query.key, verdict)) for query, verdict in zip(queries, verdicts, strict=True)
    )


def _elsewhere(
    connection: Connection, build: _Build, queries: Sequence[Query], trees: KnownTrees, typings: Sequence[QueryTyping]
) -> tuple[QueryTyping, ...]:
    """A query may name what an extension brings by the schema that holds it in the tenants' databases.

    Where no migration makes that schema, the query is prepared with the extensions in it. If it is not known that the
    tenants have them there, it is not refused.
    """
    missing: defaultdict[str, list[Query]] = defaultdict(list)
    for query, typing in zip(queries, typings, strict=True):
        schema = _missing_schema(typing.verdict)
        if schema is not None:
            missing[schema].append(query)
    taken: dict[QueryKey, QueryTyping] = {}
    for schema, some in missing.items():
        with moved_to(connection, schema) as is_any:
            found = _prepared(connection, some, trees) if is_any else ()
        if schema not in build.extension_schemas:
            reason = f"no migration makes the schema `{schema}`; with the extensions in it PostgreSQL takes the query"
            found = tuple(replace(each, unchecked=reason) for each in found if isinstance(each.verdict, Typed))
        taken |= {each.query: each for each in found}
    again = (taken.get(typing.query, typing) for typing in typings)
    return tuple(each if each.unchecked is None else replace(each, verdict=None) for each in again)


def _missing_schema(verdict: Verdict | None) -> str | None:
    if not isinstance(verdict, Rejected) or verdict.sqlstate != _NO_SUCH_SCHEMA:
        return None
    found = _QUOTED.search(verdict.message)
    return None if found is None else found[1]


def _with_reads(
    connection: Connection, queries: Sequence[Query], typings: Sequence[QueryTyping]
) -> tuple[QueryTyping, ...]:
    planned = plan_reads(connection, [query.planned for query in queries if query.planned])
    reads = iter(planned)
    return tuple(
        replace(typing, reads=next(reads)) if query.planned else typing
        for query, typing in zip(queries, typings, strict=True)
    )


def _typing(query: Query, verdict: Verdict, free: Verdict) -> QueryTyping:
    """Where a type is not known, a refusal says nothing: it may be the one that decides."""
    if isinstance(verdict, Rejected) and None in query.declared:
        return QueryTyping(query=query.key, verdict=free)
    undeclared = free if isinstance(verdict, Rejected) and isinstance(free, Typed) else None
    return QueryTyping(query=query.key, verdict=verdict, declared=query.declared, undeclared=undeclared)


def _mend(connection: Connection, mending: Sequence[str]) -> str | None:
    """Why it could not be done; ``None`` where it was. The statements call what extensions bring by ``public``."""
    moved = move_to_public(connection) if mending else ()
    for statement in mending:
        try:
            connection.execute(statement.encode(), prepare=False)
        except psycopg.Error as error:
            return (
                "the tenant's schema could not be rebuilt on the replay server: "
                f"{error.diag.message_primary or error} (in `{statement.splitlines()[0]}`)"
            )
    move_back(connection, moved)
    return None


def _unchecked(queries: Sequence[Query], reason: str) -> tuple[QueryTyping, ...]:
    return tuple(QueryTyping(query=query.key, verdict=None, unchecked=reason) for query in queries)
