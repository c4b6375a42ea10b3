"""Which partitions PostgreSQL would read for a query: its plans for values that only some partitions hold.

The tables are empty, and a plan may choose anything; but which partitions are in it depends on conditions alone. A
query is planned with values for its parameters, as it is when it is asked, so that what is left out before the first
row is seen: while it plans (constants), and as execution starts (stable functions such as ``now()``). The same plan
without pruning says what there was to leave out. Where nothing is, the plan itself is asked whether it would leave
partitions out while it runs (``exec_pruning_steps``, for the value of a subquery or of a join's other side). Nothing is
executed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import pq
from psycopg.pq.abc import PGresult

from pytest_errorbudget.model.partition_reads import PartitionReads, PlannedReads, Pruning
from pytest_errorbudget.readers.apply_migrations import Connection
from pytest_errorbudget.readers.shapes.partitions import Partitioned, read_partitioned
from pytest_errorbudget.readers.shapes.sample_values import ParameterType, parameter_types, values

_POINT = "errorbudget_plan"
_BACK = f"rollback to savepoint {_POINT}".encode()
_EXPLAIN = "explain (costs off, verbose, format json) "
# Only comparisons with the key are to leave partitions out, not conditions that contradict each other.
_SETTINGS = ("set local constraint_exclusion = off", "set local debug_pretty_print = off")
# How joins are made, which is chosen by how much the tables hold: row by row, and in another way where there is one.
_ROW_BY_ROW = "set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_nestloop = on"
_OTHERWISE = "set local enable_hashjoin = on; set local enable_mergejoin = on; set local enable_nestloop = off"
_AS_EVER = "set local enable_hashjoin = on; set local enable_mergejoin = on; set local enable_nestloop = on"
_PLAN_TITLE = b"plan:"
_WHILE_RUNNING = re.compile(
    r"\{PARTITIONEDRELPRUNEINFO (?:(?!\{PARTITIONEDRELPRUNEINFO ).)*?"
    r":relid_map \((?P<parts>[ \d]*)\)(?:(?!\{PARTITIONEDRELPRUNEINFO ).)*?:exec_pruning_steps \(\s*\{"
)


def plan_reads(connection: Connection, queries: Sequence[Sequence[str]]) -> tuple[PlannedReads, ...]:
    """In order. Each query is written in several ways, of which the first that PostgreSQL takes is planned; one that
    it refuses in all of them reads nothing. The connection is in a transaction, which stays as it is."""
    if not queries:
        return ()
    try:
        with connection.transaction():
            for setting in _SETTINGS:
                connection.execute(setting.encode())
            tables = read_partitioned(connection)
            names = _names(connection) if tables else {}
            found = tuple(_reads(connection, query, tables, names) for query in queries) if tables else ()
            raise psycopg.Rollback
    except psycopg.Rollback:
        pass
    return found or tuple(PlannedReads() for _ in queries)


Names = Mapping[tuple[str, str], int]
"""Object ids of tables by schema and name, as plans have them."""


def _names(connection: Connection) -> Names:
    rows = connection.execute(
        b"select n.nspname, c.relname, c.oid::int8 from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        b"where c.relkind in ('r', 'f')"
    ).fetchall()
    return {(schema, name): oid for schema, name, oid in rows}


def _reads(connection: Connection, ways: Sequence[str], tables: Sequence[Partitioned], names: Names) -> PlannedReads:
    connection.execute(f"savepoint {_POINT}".encode())
    taken = ((way, types) for way in ways if (types := _parameters(connection, way)) is not None)
    query, types = next(taken, ("", ()))
    if not query:
        return PlannedReads()
    found: list[PartitionReads] = []
    reasons: list[str] = []
    asked = _Asked(connection=connection, query=query, types=types, names=names)
    scanned, _ = asked.scanned(next(values(types, ())), "off")
    for table in tables:
        is_read = bool(table.leaves & scanned) or _is_named(table, query)
        answer = _Tried(asked=asked, table=table).reads() if is_read else None
        if isinstance(answer, PartitionReads):
            found.append(answer)
        elif answer is not None:
            reasons.append(answer)
    unplanned = "; ".join(dict.fromkeys(reasons)) if not found else ""
    return PlannedReads(tables=tuple(found), unplanned=unplanned or None)


def _parameters(connection: Connection, query: str) -> tuple[ParameterType, ...] | None:
    """``None`` where the query is refused."""
    pgconn = connection.pgconn
    if pgconn.prepare(b"", query.encode()).status != pq.ExecStatus.COMMAND_OK:
        pgconn.exec_(_BACK)
        return None
    described = pgconn.describe_prepared(b"")
    return parameter_types(connection, [described.param_type(number) for number in range(described.nparams)])


def _is_named(table: Partitioned, query: str) -> bool:
    """A plan does not name a table that has no partitions, or of which no row can be asked for."""
    return re.search(rf"\b{re.escape(table.relation)}\b", query) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One query, and how its plans name tables."""

    connection: Connection
    query: str
    types: tuple[ParameterType, ...]
    names: Names

    def scanned(self, row: Sequence[str | None], pruning: str) -> tuple[frozenset[int], str]:
        """The tables in the plan for these values, and why there is no plan."""
        self.connection.execute(f"set local enable_partition_pruning = {pruning}".encode())
        plan = self.explain(row)
        if plan.status != pq.ExecStatus.TUPLES_OK:
            message = (plan.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"").decode(errors="replace")
            self.connection.pgconn.exec_(_BACK)
            return frozenset(), f"PostgreSQL makes no plan of it for values that were tried: {message}"
        tree = json.loads(plan.get_value(0, 0) or b"[]")
        return frozenset(self.names.get(name, 0) for part in tree for name in _tables(part["Plan"])), ""

    def explain(self, row: Sequence[str | None]) -> PGresult:
        values = [None if value is None else value.encode() for value in row]
        return self.connection.pgconn.exec_params(f"{_EXPLAIN}{self.query}".encode(), values)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """One query on one table."""

    asked: _Asked
    table: Partitioned

    def reads(self) -> PartitionReads | str | None:
        """``None`` where the query does not read the table, the reason where that cannot be said."""
        planned: tuple[str | None, ...] | None = None
        refusal = ""
        for row in values(self.asked.types, self.table.bounds):
            everything, refused = self._leaves(row, "off")
            refusal = refused or refusal
            if everything == self.table.leaves and len(everything) > 1:
                left, _ = self._leaves(row, "on")
                if left != everything:
                    return self._answer(len(left), Pruning.AT_START)
                planned = row
            elif everything and len(self.table.leaves) < 2:
                return self._without_partitions()
        if not self.table.leaves:
            return self._without_partitions()
        if planned is not None:
            return self._answer(len(self.table.leaves), self._while_running(planned))
        return refusal or None

    def _without_partitions(self) -> str:
        return f"`{self.table.relation}` has no two partitions, and none could be made to see a plan"

    def _answer(self, read: int, pruning: Pruning) -> PartitionReads:
        table = self.table
        return PartitionReads(
            schema=table.schema,
            relation=table.relation,
            keys=table.keys,
            read=read,
            of=len(table.leaves),
            pruning=pruning,
            made=table.made,
        )

    def _leaves(self, row: Sequence[str | None], pruning: str) -> tuple[frozenset[int], str]:
        """The table's partitions in the plan, and why there is no plan."""
        read, refusal = self.asked.scanned(row, pruning)
        return self.table.leaves & read, refusal

    def _while_running(self, row: Sequence[str | None]) -> Pruning:
        if self._prunes_while_running(row, _OTHERWISE):
            return Pruning.WHILE_RUNNING
        return Pruning.BY_JOIN if self._prunes_while_running(row, _ROW_BY_ROW) else Pruning.NEVER

    def _prunes_while_running(self, row: Sequence[str | None], joins: str) -> bool:
        """Whether steps of the plan choose among the table's partitions by what other steps find."""
        self.asked.connection.execute(joins.encode())
        with _plans(self.asked.connection) as plans:
            self.asked.explain(row)
        self.asked.connection.execute(_AS_EVER.encode())
        steps = (set(map(int, found["parts"].split())) for plan in plans for found in _WHILE_RUNNING.finditer(plan))
        return any(self.table.parts & parts for parts in steps)


def _tables(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "Relation Name" in plan:
        yield plan.get("Schema", "public"), plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _tables(part)


@contextmanager
def _plans(connection: Connection) -> Iterator[list[str]]:
    """The server's own text of each plan that it makes, as it comes in."""
    found: list[str] = []

    def note(result: PGresult) -> None:
        if result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) == _PLAN_TITLE:
            detail = result.error_field(pq.DiagnosticField.MESSAGE_DETAIL) or b""
            found.append(detail.decode(errors="replace").replace("\n", " "))  # lines are wrapped at blanks

    before = connection.pgconn.notice_handler
    connection.execute(b"set local client_min_messages = log")
    connection.execute(b"set local debug_print_plan = on")
    connection.pgconn.notice_handler = note
    try:
        yield found
    finally:
        connection.pgconn.notice_handler = before
        connection.execute(b"set local debug_print_plan = off")
        connection.execute(b"set local client_min_messages = notice")
