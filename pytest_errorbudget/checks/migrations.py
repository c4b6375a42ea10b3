"""A migration that PostgreSQL refuses, and what may be said beside migrations that are never run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import migration_item
from pytest_errorbudget.model.migration import MigrationFailure, MigrationSet, RealReplay
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.severity import Severity

_UNEXPECTED = frozenset(
    {
        Rule.TABLE_UNEXPECTED,
        Rule.COLUMN_UNEXPECTED,
        Rule.INDEX_UNEXPECTED,
        Rule.INDEX_DUPLICATE,
        Rule.FOREIGN_KEY_UNINDEXED,
        Rule.CONSTRAINT_UNEXPECTED,
        Rule.TRIGGER_UNEXPECTED,
        Rule.POLICY_UNEXPECTED,
    }
)
_DUPLICATE = frozenset({"42P07", "42710", "42723"})  # a table, an object, a function of that name is there


def migration_findings(replay: RealReplay, migrations: MigrationSet | None = None) -> tuple[Finding | Unchecked, ...]:
    """The failure that stopped the real replay, if one did.

    Behind a migration that is never run (it is Rust) a failure says nothing: what that one makes is not known. Nor does
    a name that a set before the tenants' own has taken: the tenants have it in a schema of their own.
    """
    if replay.failure is None:
        return ()
    path = replay.failure.span.path
    files = migrations.files if migrations is not None else ()
    own = any(file.path == path for file in files)
    if own and migrations is not None and migrations.before is not None and replay.failure.sqlstate in _DUPLICATE:
        reason = (
            f"{replay.failure.message}: the replay makes the tenants' own schema and what {migrations.before.path} "
            "makes in `public` in one schema, and both make this"
        )
        return (Unchecked("migration", path, reason, replay.failure.span, (migration_item(path),)),)
    unread = [file.path for file in takewhile(lambda file: file.path != path, files) if file.unread is not None]
    if not unread:
        return (_failed(replay.failure),)
    reason = f"{replay.failure.message}; {unread[-1]} comes before it and is never run"
    return (Unchecked("migration", path, reason, replay.failure.span, (migration_item(path),)),)


# undefined_function, invalid_schema_name, undefined_object: code or a script may make it before migrations run.
_UNDEFINED = frozenset({"42883", "3F000", "42704"})
_MADE_BEFORE = (
    " Where something else makes it before migrations run, list a set that does: "
    '`migrations = [{ path = "…", per = "shared" }, …]`.'
)


def told_for_sure(findings: Iterable[Finding], migrations: MigrationSet | None) -> Iterator[Finding | Unchecked]:
    """Drift, where every migration is known; what is not expected may come from one that is never run."""
    unread = [file.path for file in migrations.files if file.unread is not None] if migrations is not None else []
    for finding in findings:
        if unread and finding.rule in _UNEXPECTED:
            yield Unchecked("drift", finding.place, f"{finding.message}; it may come from {unread[-1]}, never run")
        else:
            yield finding


def _failed(failure: MigrationFailure) -> Finding:
    path = failure.span.path
    if failure.extension is not None:
        return _without_extension(failure, failure.extension)
    return Finding(
        rule=Rule.MIGRATION_FAILED,
        severity=Rule.MIGRATION_FAILED.severity,
        message=f"PostgreSQL refuses this migration: {failure.message}",
        place=path,
        affected=(Affected(migration_item(path)),),
        labels=(Label(failure.span, f"SQLSTATE {failure.sqlstate}"),),
        consequence=(
            "A deployment stops here: this migration and those after it are applied to no tenant. "
            "The checks use the schema as it was before this migration."
        ),
        help="Correct the statement, in a new migration where this one has been applied anywhere."
        + (_MADE_BEFORE if failure.sqlstate in _UNDEFINED else ""),
    )


def _without_extension(failure: MigrationFailure, extension: str) -> Finding:
    """The tenants' server may have it: the replay ends here, and no deployment."""
    path = failure.span.path
    return Finding(
        rule=Rule.MIGRATION_FAILED,
        severity=Severity.WARNING,
        message=f"the server that replays the migrations has no extension `{extension}`",
        place=path,
        affected=(Affected(migration_item(path)),),
        labels=(Label(failure.span, f"SQLSTATE {failure.sqlstate}"),),
        consequence=(
            "The replay ends here: what this migration and those after it make is not known, and what names it is not "
            "checked."
        ),
        help="Name a server that has the extension in errorbudget.toml, as `url` or `binaries` of `[replay]`.",
    )
