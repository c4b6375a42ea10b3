"""``sqlx-cache-stale``: a record in ``.sqlx`` that is not what PostgreSQL says, is not there, or is of no query.

``cargo sqlx prepare`` names a record by the SHA-256 of the query's text, and a macro without a database looks for it
in ``.sqlx`` beside the crate's manifest and the workspace's. What a record says of NULL is not compared: it comes from
a walk over a plan, and is wrong where that walk stops (``docs/query-typing.md``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pytest_errorbudget.checks.contracts.draft import Draft, merged
from pytest_errorbudget.checks.contracts.places import query_place, query_span
from pytest_errorbudget.checks.contracts.scope import Scope, TenantShape
from pytest_errorbudget.checks.contracts.subjects import query_subject
from pytest_errorbudget.checks.contracts.unread import unread_item
from pytest_errorbudget.checks.contracts.view import View, view_of
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust_queries import Query, QueryCall
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.sqlx_record import SqlxRecord

_MACROS = frozenset(
    {
        QueryCall.QUERY_MACRO,
        QueryCall.QUERY_AS_MACRO,
        QueryCall.QUERY_SCALAR_MACRO,
        QueryCall.QUERY_UNCHECKED_MACRO,
        QueryCall.QUERY_AS_UNCHECKED_MACRO,
        QueryCall.QUERY_SCALAR_UNCHECKED_MACRO,
    }
)
_NAMED = 3
_PREPARE = "run `cargo sqlx prepare` on a database with the newest migrations, and commit `.sqlx`"


def record_findings(contracts: Contracts, database: DatabaseFacts, scope: Scope) -> tuple[Finding, ...]:
    """What the rule says of the queries of one database."""
    if not contracts.records:
        return ()
    return merged(sqlx_cache_stale(view_of(contracts, database, scope)), scope)


def sqlx_cache_stale(view: View) -> Iterator[tuple[TenantShape, Draft]]:
    """Records that differ from the newest schema, which macros are taken to be compiled against, and missing ones."""
    newest = next((s.shape for s in view.shapes if not s.shape.tenants), TenantShape(digest=None, schema=Schema()))
    by_folder = _by_folder(view.contracts.records)
    folders = _folders(view.contracts)
    for query in view.queries:
        if query.call not in _MACROS or query.sql is None:
            continue
        places = [folder for folder in folders.get(query.crate, ()) if folder in by_folder]
        records = [by_folder[folder][query.sql] for folder in places if query.sql in by_folder[folder]]
        if places and not records:
            yield newest, _missing(query, places)
        verdict = view.compiled(query)
        if view.why_unreached(query, verdict, newest) is not None:
            continue
        if records and records[0].is_postgres and isinstance(verdict, Typed):
            difference = _difference(records[0], verdict)
            if difference is not None:
                yield newest, _stale(query, records[0], difference)


def orphaned_records(contracts: Contracts) -> Iterator[Finding]:
    """One finding a folder: records of no query that was found."""
    texts = {query.sql for query in contracts.queries}
    orphans: defaultdict[str, list[SqlxRecord]] = defaultdict(list)
    for record in contracts.records:
        if record.sql not in texts:
            orphans[record.folder].append(record)
    for folder, found in sorted(orphans.items()):
        yield _orphaned(folder, found)


def _by_folder(records: Iterable[SqlxRecord]) -> dict[str, dict[str, SqlxRecord]]:
    found: dict[str, dict[str, SqlxRecord]] = {}
    for record in records:
        found.setdefault(record.folder, {})[record.sql] = record
    return found


def _folders(contracts: Contracts) -> dict[str, tuple[str, ...]]:
    """By crate, where its macros look: beside its own manifest, then beside those above it."""
    found = {}
    for crate in contracts.crates:
        own = crate.manifest.rpartition("/")[0]
        parts = own.split("/") if own else []
        found[crate.name] = tuple("/".join(parts[:count]) for count in range(len(parts), -1, -1))
    return found


def _difference(record: SqlxRecord, typed: Typed) -> str | None:
    if len(record.columns) != len(typed.columns):
        return f"the record has {_count(len(record.columns), 'column')}, PostgreSQL gives {len(typed.columns)}"
    for (name, kind), column in zip(record.columns, typed.columns, strict=True):
        if name != column.name:
            return f"the record has a column `{name}` where PostgreSQL gives `{column.name}`"
        if kind != _name(column.type):
            return f"the record has `{name}` as `{kind}`, PostgreSQL gives `{_name(column.type)}`"
    parameters = tuple(map(_name, typed.parameters))
    if len(parameters) != len(record.parameters):
        return f"the record has {_count(len(record.parameters), 'parameter')}, PostgreSQL takes {len(parameters)}"
    for number, (kind, wanted) in enumerate(zip(record.parameters, parameters, strict=True), start=1):
        if kind != wanted:
            return f"the record has `${number}` as `{kind}`, PostgreSQL takes `{wanted}`"
    return None


def _name(kind: PgType) -> str:
    return kind.name + "[]" * kind.dimensions


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def _sqlx(folder: str) -> str:
    return f"{folder}/.sqlx" if folder else ".sqlx"


def _stale(query: Query, record: SqlxRecord, difference: str) -> Draft:
    return Draft(
        rule=Rule.SQLX_CACHE_STALE,
        severity=Severity.ERROR,
        place=query_place(query),
        text=f"sqlx's record of the query of `{query.function}` is stale: {difference}",
        subjects=(query_subject(query),),
        labels=(Label(query_span(query), f"recorded in `{record.path}`"),),
        consequence="A build without a database (`SQLX_OFFLINE=true`) compiles this macro against the record: it "
        "succeeds, and what it made of the types is wrong at run time.",
        help=_PREPARE,
    )


def _missing(query: Query, folders: list[str]) -> Draft:
    return Draft(
        rule=Rule.SQLX_CACHE_STALE,
        severity=Severity.WARNING,
        place=query_place(query),
        text=f"`{_sqlx(folders[0])}` has no record of the query of `{query.function}`",
        subjects=(query_subject(query),),
        labels=(Label(query_span(query), "no record has this text"),),
        consequence="A build without a database (`SQLX_OFFLINE=true`) fails: there is no cached data for this query.",
        help=_PREPARE,
    )


def _orphaned(folder: str, found: list[SqlxRecord]) -> Finding:
    files = sorted(record.path.rpartition("/")[2] for record in found)
    shown = ", ".join(f"`{file}`" for file in files[:_NAMED]) + (", …" if len(files) > _NAMED else "")
    place = _sqlx(folder)
    is_one = len(found) == 1
    return Finding(
        rule=Rule.SQLX_CACHE_STALE,
        severity=Severity.INFORMATION,
        message=f"{_count(len(found), 'record')} in `{place}` {'is' if is_one else 'are'} of no query that was found "
        f"in the sources ({shown})",
        place=place,
        affected=(Affected(unread_item(place)),),
        consequence="Nothing fails: no macro asks for them.",
        help="`cargo sqlx prepare` removes what it does not need; queries of tests, of derive macros and of other "
        "crates' sources are not read here",
    )
