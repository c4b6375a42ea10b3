"""What typing a query costs: the server's part, reading its tree, and the analysis, in one run.

    python benchmarks/query_typing.py CHECKOUT [CHECKOUT ...]

Each checkout's migrations are replayed once; then, in rounds, all queries of its `.sqlx` are typed as a run types them
in one shape (`prepare_all`: names, types, parameters, nullability, writes, bindings, plans). Prints, by query, medians
of the wall clock and of our own processor time: the whole of a first shape; the whole of the next one, in which the
tables of the queries are the same, so that their trees are known; and the parts, Parse and Describe with trees, and
the reading of the trees. The aim is 0.4 ms a query and shape on a quiet machine; on a busy one only the processor time
says something. A connection's first round is left out: the server fills its caches.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from pytest_errorbudget.model.settings import MigrationSettings, ReplaySettings
from pytest_errorbudget.readers.apply_migrations import apply_file, create_bookkeeping
from pytest_errorbudget.readers.migrations.reader import read_migration_set
from pytest_errorbudget.readers.scratch import ScratchServer, scratch_server
from pytest_errorbudget.readers.shapes.known_trees import KnownTrees
from pytest_errorbudget.readers.shapes.pipelined import Statement, described
from pytest_errorbudget.readers.shapes.prepare import Asked, prepare_all
from pytest_errorbudget.readers.shapes.tree import parse_tree

ROUNDS = 5
_OTHER_SERVERS = ("sqlite", "mysql", "maria", "app-lib", "test")


def queries_of(checkout: Path) -> list[str]:
    """The texts of the first folder of PostgreSQL records."""
    for folder in sorted({path.parent for path in checkout.rglob(".sqlx/query-*.json")}):
        records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("query-*.json"))]
        if all(record["db_name"] == "PostgreSQL" for record in records):
            return [record["query"] for record in records]
    raise SystemExit(f"{checkout} keeps no queries of PostgreSQL")


def migrations_of(checkout: Path) -> str:
    found = (path for path in sorted(checkout.rglob("migrations")) if path.is_dir() and any(path.rglob("*.sql")))
    paths = [str(path.relative_to(checkout)) for path in found]
    return next(path for path in paths if not any(word in path for word in _OTHER_SERVERS))


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Wall clock and our own processor time, in seconds."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - busy


def measure(server: ScratchServer, checkout: Path) -> None:
    queries = [Asked(query) for query in queries_of(checkout)]
    statements = [Statement(query.sql) for query in queries]
    migrations, _ = read_migration_set(checkout, MigrationSettings(path=migrations_of(checkout)))
    with server.database() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
        create_bookkeeping(connection, migrations)
        for file in migrations.files:
            apply_file(connection, migrations, file)
        connection.execute("begin")
        trees = [answer.tree for answer in described(connection, statements) if answer.tree is not None]
        known = KnownTrees()
        parts = {
            "whole": lambda: prepare_all(connection, queries),
            "whole, next shape": lambda: prepare_all(connection, queries, known),
            "server, with trees": lambda: described(connection, statements),
            "trees read": lambda: [parse_tree(tree) for tree in trees],
        }
        prepare_all(connection, queries, known)
        rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in parts}
        for _ in range(ROUNDS):
            for name, work in parts.items():
                rounds[name].append(timed(work))
        connection.execute("rollback")
    sys.stdout.write(f"{checkout.name}: {len(queries)} queries, {sum(map(len, trees)) // len(trees)} bytes a tree\n")
    for name, times in rounds.items():
        wall, busy = (1e6 * median(column) / len(queries) for column in zip(*times, strict=True))
        sys.stdout.write(f"  {name:20} {wall:7.0f} µs a query, {busy:6.0f} µs of it our own processor time\n")


def main() -> None:
    if not sys.argv[1:]:
        raise SystemExit(__doc__)
    with scratch_server(ReplaySettings()) as server:
        for checkout in sys.argv[1:]:
            measure(server, Path(checkout))


if __name__ == "__main__":
    main()
