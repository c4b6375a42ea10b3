"""The real replay of a repository's migrations: at first, again, and after one migration was added.

    python benchmarks/replay_again.py ROOT FOLDER

``FOLDER`` are the migrations, relative to ``ROOT``. Nothing is fetched, and nothing of the user's own cache is touched.
What is read after the added migration must be what a replay of all of them gives, byte for byte.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from pytest_errorbudget.model.migration import MigrationSet, RealReplay
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.pipeline.codec import encode_replay
from pytest_errorbudget.pipeline.kept import kept_replay
from pytest_errorbudget.pipeline.servers import Servers
from pytest_errorbudget.readers.migrations.reader import read_migrations
from pytest_errorbudget.readers.result_cache import ResultCache


def timed(folder: Path, migrations: MigrationSet) -> tuple[RealReplay, float]:
    """With the start and the end of the server, where one is started."""
    began = time.perf_counter()
    with ExitStack() as stack:
        replay = kept_replay(ResultCache(folder), Servers(stack, ReplaySettings()), migrations)
    return replay, time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("folder")
    options = parser.parse_args()
    migrations, problems = read_migrations(options.root, options.folder)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    with tempfile.TemporaryDirectory() as scratch:
        first, at_first = timed(Path(scratch, "all"), migrations)
        _, again = timed(Path(scratch, "all"), migrations)
        timed(Path(scratch, "grown"), replace(migrations, files=migrations.files[:-1]))
        grown, added = timed(Path(scratch, "grown"), migrations)
    same = encode_replay(grown) == encode_replay(first)
    statements = sum(len(file.statements) for file in migrations.files)
    sys.stdout.write(
        f"{len(migrations.files)} files, {statements} statements: at first {at_first:.2f} s, again {again:.2f} s, "
        f"one added {added:.2f} s ({'the same bytes' if same else 'OTHER BYTES'})\n"
    )
    return 0 if same and first.failure is None else 1


if __name__ == "__main__":
    sys.exit(main())
