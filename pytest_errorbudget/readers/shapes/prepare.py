"""PREPARE and DESCRIBE of many queries in one transaction, a few round trips for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import psycopg
from psycopg import pq
from psycopg.pq.abc import PGconn, PGresult

from pytest_errorbudget.model.query_typing import Rejected, Typed, Verdict
from pytest_errorbudget.readers.apply_migrations import Connection
from pytest_errorbudget.readers.catalog import read_types
from pytest_errorbudget.readers.catalog.types import Types
from pytest_errorbudget.readers.shapes.meaning import Catalogue, Described, DescribedColumn, output_columns

_IN_FLIGHT = 32  # answers of so many queries fit into the socket's buffer, so that neither side waits for the other
_SAVEPOINT, _BACK = b"savepoint errorbudget", b"rollback to savepoint errorbudget"
_COLUMNS = """
select a.attrelid, a.attnum, n.nspname, c.relname, c.relkind::text, a.attname,
       c.relkind in ('r', 'p', 'f') and (t.typnotnull or a.attnotnull and not exists (
           select from pg_catalog.pg_constraint k
           where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum and not k.convalidated))
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_type t on t.oid = a.atttypid
where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
"""


def prepare_all(connection: Connection, queries: Sequence[str]) -> tuple[Verdict, ...]:
    """What PostgreSQL says of each query, in order. The connection is in a transaction; it stays in it, unchanged."""
    if not queries:
        return ()
    types = read_types(connection)
    catalogue = Catalogue.of(connection.execute(_COLUMNS.encode()).fetchall())
    connection.execute(_SAVEPOINT)
    answers = _described(connection.pgconn, queries)
    known: dict[str, Verdict] = {}
    for query, answer in zip(queries, answers, strict=True):
        if query not in known:
            known[query] = _verdict(query, answer, types, catalogue)
    return tuple(known[query] for query in queries)


def _batches(queries: Sequence[str]) -> Iterable[list[str]]:
    rest = iter(queries)
    while batch := list(islice(rest, _IN_FLIGHT)):
        yield batch


@dataclass(frozen=True, slots=True)
class _Answer:
    """The result of DESCRIBE, or the first error."""

    result: PGresult


def _described(pgconn: PGconn, queries: Sequence[str]) -> list[_Answer]:
    """Each query has a sync of its own, so that an error spoils nothing else, and a rollback to the savepoint."""
    answers: list[_Answer] = []
    pgconn.enter_pipeline_mode()
    try:
        for batch in _batches(queries):
            for query in batch:
                pgconn.send_prepare(b"", query.encode())
                pgconn.send_describe_prepared(b"")
                pgconn.pipeline_sync()
                pgconn.send_query_params(_BACK, None)
                pgconn.pipeline_sync()
            for _ in batch:
                answers.append(_Answer(_until_sync(pgconn)[-1]))
                _until_sync(pgconn)
    finally:
        pgconn.exit_pipeline_mode()
    return answers


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


def _verdict(query: str, answer: _Answer, types: Types, catalogue: Catalogue) -> Verdict:
    result = answer.result
    if result.status == pq.ExecStatus.FATAL_ERROR:
        return _rejected(result)
    described = Described(
        sql=query,
        columns=tuple(
            DescribedColumn(
                name=(result.fname(i) or b"").decode(errors="replace"),
                type=types.type(result.ftype(i), result.fmod(i)),
                relation=result.ftable(i),
                attribute=result.ftablecol(i),
            )
            for i in range(result.nfields)
        ),
    )
    parameters = tuple(types.type(result.param_type(i), -1) for i in range(result.nparams))
    return Typed(columns=output_columns(described, catalogue), parameters=parameters)


def _rejected(result: PGresult) -> Rejected:
    def field(code: pq.DiagnosticField) -> str:
        return (result.error_field(code) or b"").decode(errors="replace")

    position = field(pq.DiagnosticField.STATEMENT_POSITION)
    return Rejected(
        sqlstate=field(pq.DiagnosticField.SQLSTATE),
        message=field(pq.DiagnosticField.MESSAGE_PRIMARY),
        offset=int(position) - 1 if position else None,
        hint=field(pq.DiagnosticField.MESSAGE_HINT),
    )
