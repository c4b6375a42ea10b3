"""Parse and Describe of many queries, a few round trips for all of them, with the tree of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import psycopg
from psycopg import pq
from psycopg.pq.abc import PGconn, PGresult

from pytest_errorbudget.readers.apply_migrations import Connection

_IN_FLIGHT = 32  # answers of so many queries fit into the socket's buffer, so that neither side waits for the other
_AROUND, _EACH = "errorbudget_queries", "errorbudget_query"
_BACK = f"rollback to savepoint {_EACH}".encode()
_TREES = (
    "set local debug_pretty_print = off",
    "set local debug_print_rewritten = on",
    "set local client_min_messages = log",
)
_QUIET = "set local log_min_messages = panic"  # each tree would go to the server's log; only a superuser may
_TITLE = b"rewritten parse tree:"


@dataclass(frozen=True, slots=True)
class Statement:
    """``types`` are object ids of the parameters' types, in order; 0, or none at all, where PostgreSQL chooses."""

    sql: str
    types: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of Describe, or the first error; and the text of the query's tree, if the server gave one."""

    result: PGresult
    tree: str | None


def described(connection: Connection, queries: Sequence[Statement]) -> tuple[Answer, ...]:
    """In order. The connection is in a transaction, which stays as it is."""
    connection.execute(f"savepoint {_AROUND}".encode())
    _ask_for_trees(connection)
    connection.execute(f"savepoint {_EACH}".encode())
    with _notices(connection.pgconn) as notices:
        results = _results(connection.pgconn, queries)
    connection.execute(f"rollback to savepoint {_AROUND}".encode())
    trees = _matched(notices, len(queries))
    return tuple(Answer(result, tree) for result, tree in zip(results, trees, strict=True))


def plans(connection: Connection, queries: Sequence[str]) -> tuple[str | None, ...]:
    """The plan of each query as JSON, made for any parameters and without sequential scans where there is another way;
    ``None`` where there is none. Nothing is executed."""
    if not queries:
        return ()
    connection.execute(f"savepoint {_AROUND}".encode())
    connection.execute("set local enable_seqscan = off")
    connection.execute(f"savepoint {_EACH}".encode())
    found = [_plan(connection.pgconn, query) for query in queries]
    connection.execute(f"rollback to savepoint {_AROUND}".encode())
    return tuple(found)


def _ask_for_trees(connection: Connection) -> None:
    try:
        with connection.transaction():
            connection.execute(_QUIET.encode())
    except psycopg.errors.InsufficientPrivilege:
        pass
    for setting in _TREES:
        connection.execute(setting.encode())


@contextmanager
def _notices(pgconn: PGconn) -> Iterator[list[str]]:
    """The trees, as they come in."""
    found: list[str] = []

    def note(result: PGresult) -> None:
        if result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) == _TITLE:
            detail = result.error_field(pq.DiagnosticField.MESSAGE_DETAIL) or b""
            found.append(detail.decode(errors="replace").replace("\n", " "))  # lines are wrapped at blanks

    before = pgconn.notice_handler
    pgconn.notice_handler = note
    try:
        yield found
    finally:
        pgconn.notice_handler = before


def _matched(notices: Sequence[str], count: int) -> Sequence[str | None]:
    """The way back to the savepoint has a tree too: what comes before it is the query's, and nothing if it failed."""
    trees: list[str | None] = []
    own: str | None = None
    for notice in notices:
        if "TRANSACTIONSTMT" in notice and _EACH in notice:
            trees.append(own)
            own = None
        else:
            own = notice
    return trees if len(trees) == count else [None] * count


def _batches(queries: Sequence[Statement]) -> Iterable[list[Statement]]:
    rest = iter(queries)
    while batch := list(islice(rest, _IN_FLIGHT)):
        yield batch


def _plan(pgconn: PGconn, query: str) -> str | None:
    """By the simple protocol: the extended one wants values for the parameters, and folds them into the plan."""
    result = pgconn.exec_(f"explain (generic_plan, verbose, format json) {query}".encode())
    if result.status != pq.ExecStatus.TUPLES_OK:
        pgconn.exec_(_BACK)
        return None
    plan = result.get_value(0, 0)
    return plan.decode() if plan is not None else None


def _results(pgconn: PGconn, queries: Sequence[Statement]) -> list[PGresult]:
    """Each query has a sync of its own, so that an error spoils nothing else, and a rollback to the savepoint."""
    results: list[PGresult] = []
    pgconn.enter_pipeline_mode()
    try:
        for batch in _batches(queries):
            for query in batch:
                pgconn.send_prepare(b"", query.sql.encode(), query.types or None)
                pgconn.send_describe_prepared(b"")
                pgconn.pipeline_sync()
                pgconn.send_query_params(_BACK, None)
                pgconn.pipeline_sync()
            for _ in batch:
                results.append(_until_sync(pgconn)[-1])
                _until_sync(pgconn)
    finally:
        pgconn.exit_pipeline_mode()
    return results


def _until_sync(pgconn: PGconn) -> list[PGresult]:
    """Results up to the next sync; the ones that were skipped after an error are left out."""
    results: list[PGresult] = []
    while True:
        result = pgconn.get_result()
        if result is None:
            if pgconn.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError("the replay server closed the connection")
            continue
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            return results
        if result.status != pq.ExecStatus.PIPELINE_ABORTED:
            results.append(result)
