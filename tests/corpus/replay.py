"""Both replays of a checkout's migrations, side by side.

    python tests/corpus/replay.py CHECKOUT [--migrations PATH] [--without NAME] [--placeholder TEXT]

Fetches nothing. Prints, for each folder of migrations: statements, columns that the replay without a database claims
and that PostgreSQL built, facts on which the two disagree, and the columns left to the real replay, with the reasons.
``aside`` are columns left because of a DO block or a routine: programs, which only a server can run.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from folders import folders

from pytest_errorbudget.checks.agreement import BOOKKEEPING, disagreements
from pytest_errorbudget.checks.replay.replay import replay
from pytest_errorbudget.model.migration import RealReplay, StaticReplay
from pytest_errorbudget.model.pgtype import UNKNOWN
from pytest_errorbudget.model.settings import MigrationSettings, ReplaySettings
from pytest_errorbudget.readers.ddl.changes import changes
from pytest_errorbudget.readers.migrations.reader import read_migration_set
from pytest_errorbudget.readers.real_replay import replay_for_real
from pytest_errorbudget.readers.scratch import ScratchServer, scratch_server

_PROGRAMS = ("DO block", "routine", "procedure is a program")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``left`` counts columns whose name or type the static replay does not claim, by reason."""

    folder: str
    statements: int
    claimed: int
    real: int
    opaque: int
    left: Counter[str]
    aside: int
    disagreements: tuple[str, ...]
    failure: str | None


def measure(
    server: ScratchServer, checkout: Path, folder: str, without: tuple[str, ...], placeholder: str | None
) -> Row:
    migrations, _ = read_migration_set(checkout, MigrationSettings(path=folder, schema=placeholder))
    files = tuple(file for file in migrations.files if not any(name in file.path for name in without))
    real = replay_for_real(server, replace(migrations, files=files))
    migrations = replace(migrations, files=files[: len(real.versions)])  # those before the first that fails
    static = replay(changes(migrations))
    left, aside = _left(static, real)
    total = sum(len(r.columns) for r in real.newest.relations if r.name not in BOOKKEEPING)
    return Row(
        folder=folder,
        statements=sum(len(file.statements) for file in migrations.files),
        claimed=total - left.total() - aside,
        real=total,
        opaque=len(static.opaque),
        left=left,
        aside=aside,
        disagreements=tuple(f"{f.labels[0].span}: {f.message}" for f in disagreements(static, real.newest)),
        failure=None if real.failure is None else f"{real.failure.span}: {real.failure.message}",
    )


def _left(static: StaticReplay, real: RealReplay) -> tuple[Counter[str], int]:
    known = {(r.schema, r.name): {c.name: c.type for c in r.columns} for r in static.schema.relations}
    reasons = {(one.schema, one.name): one.reason for one in static.inexact}
    programs = any(_is_program(one.reason) for one in static.opaque)
    left: Counter[str] = Counter()
    aside = 0
    for relation in real.newest.relations:
        if relation.name in BOOKKEEPING:
            continue
        key = (relation.schema, relation.name)
        columns = known.get(key, {})
        missing = [c.name for c in relation.columns if columns.get(c.name, UNKNOWN) == UNKNOWN]
        reason = reasons.get(key, "made by a DO block or a routine" if programs else "not seen")
        if missing and _is_program(reason):
            aside += len(missing)
        elif missing:
            left[f"{relation.display}: {reason} ({', '.join(missing)})"] += len(missing)
    return left, aside


def _is_program(reason: str) -> bool:
    return any(word in reason for word in _PROGRAMS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, nargs="+")
    parser.add_argument("--migrations", help="one folder, relative to the checkout; else every folder that is found")
    parser.add_argument("--without", action="append", default=[], help="leave out the migrations with this in the path")
    parser.add_argument("--placeholder", help="what stands for the schema of a tenant in the files")
    options = parser.parse_args()
    sys.stdout.write("| repository | migrations | statements | opaque | columns claimed / real | left | aside |")
    sys.stdout.write(" disagreements |\n|---|---|---|---|---|---|---|---|\n")
    bad = 0
    with scratch_server(ReplaySettings()) as server:
        for checkout in options.checkout:
            for folder in folders(checkout):
                if options.migrations in (None, folder):
                    bad += _show(
                        checkout.name, measure(server, checkout, folder, tuple(options.without), options.placeholder)
                    )
    return 1 if bad else 0


def _show(name: str, row: Row) -> int:
    share = f"{row.left.total()} ({100 * row.left.total() / max(row.real, 1):.1f} %)"
    lines = [
        f"| {name} | {row.folder} | {row.statements} | {row.opaque} | {row.claimed} / {row.real} | {share} "
        f"| {row.aside} | {len(row.disagreements)} |",
        *(f"    left {count}: {reason}" for reason, count in row.left.most_common()),
        *(f"    disagree: {line}" for line in row.disagreements),
        *(() if row.failure is None else (f"    PostgreSQL refuses: {row.failure}",)),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return len(row.disagreements)


if __name__ == "__main__":
    raise SystemExit(main())
