"""The upgrade steps of NixOS/hydra: each full schema plus its upgrade must be the next full schema.

    python tests/corpus/hydra.py CHECKOUT

Fetches nothing: the versions of ``hydra.sql`` come from the checkout's own history. For each ``upgrade-N.sql`` the
schema after it is that of the commit which added it. The schema before is that of the commit which added upgrade N - 1,
or of the commit's parent, where people changed ``hydra.sql`` first and wrote the upgrade later. Columns (name, type,
nullability, default) and indexes are compared; what differs is shown, to judge whether the source itself is inexact.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from pytest_errorbudget.checks.replay.replay import replay
from pytest_errorbudget.model.migration import MigrationFile, MigrationKind, MigrationSet
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.readers.ddl.changes import changes
from pytest_errorbudget.readers.migrations.statements import split

_NUMBER = re.compile(r"upgrade-(\d+)\.sql$")
# hydra.sql was once fed through the C preprocessor for SQLite and PostgreSQL.
_OTHER_SERVER = re.compile(
    r"^#ifndef POSTGRESQL\n.*?^#(?:else|endif)[^\n]*\n|^#ifdef SQLITE\n.*?^#endif[^\n]*\n", re.M | re.S
)
_DIRECTIVE = re.compile(r"^#[^\n]*", re.M)


def git(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(checkout), *arguments], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def steps(checkout: Path) -> dict[int, tuple[str, str]]:
    """(commit, path) that first added each upgrade file."""
    found: dict[int, tuple[str, str]] = {}
    commit = ""
    for line in git(
        checkout, "log", "--reverse", "--no-renames", "--diff-filter=A", "--name-only", "--format=@%H"
    ).splitlines():
        if line.startswith("@"):
            commit = line[1:]
        elif (match := _NUMBER.search(line)) is not None:
            found.setdefault(int(match[1]), (commit, line))
    return dict(sorted(found.items()))


def full_schema(checkout: Path, commit: str) -> str:
    names = git(checkout, "ls-tree", "-r", "--name-only", commit).splitlines()
    path = next((name for name in names if name.endswith("sql/hydra.sql")), None)
    if path is None:
        return ""
    return _DIRECTIVE.sub("", _OTHER_SERVER.sub("", git(checkout, "show", f"{commit}:{path}")))


def replayed(*texts: str) -> Schema:
    files = tuple(
        MigrationFile(path=f"{n}.sql", version=str(n), name="", text=text, statements=split(text, f"{n}.sql"))
        for n, text in enumerate(texts)
    )
    return replay(changes(MigrationSet(kind=MigrationKind.NUMBERED, path=".", files=files))).schema


def facts(schema: Schema) -> set[str]:
    columns = {
        f"{r.name}.{c.name} {c.type}{' not null' if c.not_null else ''}{' default' if c.has_default else ''}"
        for r in schema.relations
        for c in r.columns
    }
    return columns | {
        f"index {i.name} on {r.name} ({', '.join(i.columns)})" for r in schema.relations for i in r.indexes
    }


def main() -> int:
    checkout = Path(sys.argv[1])
    agree = 0
    before = ""
    found = steps(checkout)
    for number, (commit, path) in found.items():
        upgrade = git(checkout, "show", f"{commit}:{path}")
        after = facts(replayed(full_schema(checkout, commit)))
        bases = [base for base in (before, f"{commit}^") if base]
        results = [facts(replayed(full_schema(checkout, base), upgrade)) for base in bases]
        before = commit
        if after in results:
            agree += 1
            continue
        stepped = min(results, key=lambda result: len(result ^ after))
        sys.stdout.write(f"upgrade-{number} ({commit[:10]})\n")
        sys.stdout.writelines(f"    only by the upgrade: {fact}\n" for fact in sorted(stepped - after))
        sys.stdout.writelines(f"    only in hydra.sql:   {fact}\n" for fact in sorted(after - stepped))
    sys.stdout.write(f"{agree} of {len(found)} steps agree\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
