"""The replay without a database against parsing alone with sqlglot, in one run.

    python benchmarks/static_replay.py CHECKOUT [CHECKOUT ...]

Reads every folder of PostgreSQL migrations in the checkouts into memory first. Then, in alternating rounds, so that a
busy machine slows all alike, and in processor time: sqlglot parses every statement (``parse_one`` of its PostgreSQL
dialect, which keeps what it cannot parse as text), and we split the files, read the changes and replay them. Prints
medians and the ratio; above 1 we are slower than parsing alone.
"""

from __future__ import annotations

import gc
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import sqlglot
from sqlglot.errors import SqlglotError

from pytest_errorbudget.checks.replay.replay import replay
from pytest_errorbudget.model.migration import MigrationFile, MigrationSet
from pytest_errorbudget.readers.ddl.changes import changes
from pytest_errorbudget.readers.migrations.reader import read_migrations
from pytest_errorbudget.readers.migrations.statements import split

ROUNDS = 7
_OTHER_SERVERS = ("sqlite", "mysql", "ch_migrations", "app-lib", "mobile")


def sets(checkouts: list[Path]) -> list[MigrationSet]:
    found = []
    for checkout in checkouts:
        above: list[str] = []
        for folder in sorted(path for path in checkout.rglob("*migration*") if path.is_dir()):
            path = str(folder.relative_to(checkout))
            if any(path.startswith(f"{one}/") for one in above) or any(word in path for word in _OTHER_SERVERS):
                continue
            migrations, _ = read_migrations(checkout, path)
            if any(file.statements for file in migrations.files):
                above.append(path)
                found.append(migrations)
    return found


def parse(texts: list[str]) -> None:
    for text in texts:
        try:
            sqlglot.parse_one(text, dialect="postgres")
        except SqlglotError:
            continue


def ours(migration_sets: list[MigrationSet]) -> None:
    for migrations in migration_sets:
        files = tuple(_split(file) for file in migrations.files)
        replay(changes(MigrationSet(kind=migrations.kind, path=migrations.path, files=files)))


def _split(file: MigrationFile) -> MigrationFile:
    statements = split(file.text, file.path)
    return MigrationFile(path=file.path, version=file.version, name=file.name, text=file.text, statements=statements)


def _seconds(action: Callable[[], None]) -> float:
    gc.collect()
    start = time.process_time()
    action()
    return time.process_time() - start


def main() -> int:
    logging.disable(logging.WARNING)
    migration_sets = sets([Path(argument) for argument in sys.argv[1:]])
    texts = [s.sql for migrations in migration_sets for file in migrations.files for s in file.statements]
    parsing: list[float] = []
    replaying: list[float] = []
    for _ in range(ROUNDS):
        parsing.append(_seconds(lambda: parse(texts)))
        replaying.append(_seconds(lambda: ours(migration_sets)))
    size = sum(map(len, texts)) / 1e6
    sys.stdout.write(
        f"{len(texts)} statements, {size:.2f} MB\n"
        f"sqlglot parses in   {median(parsing):.3f} s\n"
        f"static replay takes {median(replaying):.3f} s\n"
        f"ratio               {median(replaying) / median(parsing):.2f}\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
