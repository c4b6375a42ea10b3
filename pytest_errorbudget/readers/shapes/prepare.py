"""What PostgreSQL makes of many queries in one schema, which it is not asked to execute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from psycopg import pq
from psycopg.pq.abc import PGresult

from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import Rejected, Typed, UnindexedScan, Verdict
from pytest_errorbudget.readers.apply_migrations import Connection
from pytest_errorbudget.readers.catalog import read_types
from pytest_errorbudget.readers.catalog.types import Types
from pytest_errorbudget.readers.shapes.catalogue import read_catalogue, read_columns
from pytest_errorbudget.readers.shapes.known_trees import KnownTrees
from pytest_errorbudget.readers.shapes.meaning import Described, DescribedColumn, meaning_of
from pytest_errorbudget.readers.shapes.pipelined import Answer, Statement, described
from pytest_errorbudget.readers.shapes.scans import unindexed_scans
from pytest_errorbudget.readers.shapes.suspects import Suspect
from pytest_errorbudget.readers.shapes.tree import MAJOR


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and the types that are declared with it for its parameters, in order: ``None`` where PostgreSQL
    chooses, as it does for all where there are none."""

    sql: str
    declared: tuple[PgType | None, ...] = ()


def prepare_all(
    connection: Connection, queries: Sequence[Asked], known_trees: KnownTrees | None = None
) -> tuple[Verdict, ...]:
    """The verdict on each query, in order. The connection is in a transaction; it stays in it, unchanged."""
    if not queries:
        return ()
    known_trees = known_trees or KnownTrees()
    different = tuple(dict.fromkeys(queries))
    types, columns = read_types(connection), read_columns(connection)
    answers = described(connection, _statements(different, types))
    readable = connection.info.server_version // 10000 == MAJOR
    trees = [answer.tree for answer in answers if answer.tree is not None]
    catalogue = read_catalogue(connection, columns, trees) if readable else None
    known: dict[Asked, Verdict] = {}
    suspects: dict[str, tuple[Suspect, ...]] = {}
    for query, answer in zip(different, answers, strict=True):
        if answer.result.status == pq.ExecStatus.FATAL_ERROR:
            known[query] = _rejected(answer.result)
        else:
            meaning = meaning_of(_described(answer, types), columns, catalogue, known_trees)
            known[query], suspects[query.sql] = meaning.typed, meaning.suspects
    scans = unindexed_scans(connection, suspects)
    return tuple(_with_scans(known[query], scans.get(query.sql, ())) for query in queries)


def _statements(queries: Sequence[Asked], types: Types) -> tuple[Statement, ...]:
    """A type that this schema lacks is not declared."""
    if not any(query.declared for query in queries):
        return tuple(Statement(query.sql) for query in queries)
    ids: Mapping[PgType | None, int] = {pg: oid for oid, pg in sorted(types.plain().items(), reverse=True)}
    return tuple(Statement(q.sql, tuple(ids.get(pg, 0) for pg in q.declared)) for q in queries)


def _with_scans(verdict: Verdict, scans: tuple[UnindexedScan, ...]) -> Verdict:
    return replace(verdict, scans=scans) if scans and isinstance(verdict, Typed) else verdict


def _described(answer: Answer, types: Types) -> Described:
    result = answer.result
    return Described(
        columns=tuple(
            DescribedColumn(
                name=(result.fname(i) or b"").decode(errors="replace"),
                type=types.type(result.ftype(i), result.fmod(i)),
                relation=result.ftable(i),
                attribute=result.ftablecol(i),
            )
            for i in range(result.nfields)
        ),
        parameters=tuple(types.type(result.param_type(i), -1) for i in range(result.nparams)),
        tree=answer.tree,
    )


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
