"""Why a query that PostgreSQL refuses here may run all the same."""

from __future__ import annotations

import re

from pytest_errorbudget.checks.contracts.places import is_macro
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.query_typing import Rejected
from pytest_errorbudget.model.rust_queries import Library, Query

# What PostgreSQL says where the types of the parameters would decide: ambiguous_function, indeterminate_datatype,
# ambiguous_parameter, undefined_function, datatype_mismatch, wrong_object_type, cannot_coerce.
_BY_PARAMETERS = frozenset({"42725", "42P18", "42P08", "42883", "42804", "42809", "42846"})
_OTHER_SERVERS = frozenset(
    {"sqlite", "sqlite-bundled", "sqlite-unbundled", "mysql", "any", "sqlx-sqlite", "sqlx-mysql"}
)
_SQLITE = re.compile(r"\s*(?:pragma|attach|detach|vacuum\s+into)\b", re.IGNORECASE)
_REPLICATION = re.compile(
    r"\s*(?:identify_system|timeline_history|base_backup|upload_manifest|"
    r"(?:start|create|drop|alter|read)_replication(?:_slot)?)\b",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\s*create\s+extension\b", re.IGNORECASE)
_OF_EXTENSIONS = frozenset({"42883", "42704"})  # undefined_function, undefined_object
_RELATION = re.compile(r'"(?:[^"]*\.)?([^".]+)"')


def undecided(query: Query, rejected: Rejected, declared: bool, view: View) -> str | None:
    """The reason; ``None`` where the refusal is the query's own fault or the schema's. ``declared``: the types of all
    bound values were declared."""
    if not is_macro(query):
        if _SQLITE.match(query.sql or ""):
            return "it is written for SQLite"
        if _speaks_to_others(query, view):
            return f"its crate speaks to other servers too: {rejected.message}"
        if not declared and _depends_on_bound_types(query, rejected):
            return f"the types of the bound values decide it: {rejected.message}"
    if _REPLICATION.match(query.sql or ""):
        return "it is a command of a replication connection"
    if rejected.sqlstate in _OF_EXTENSIONS and _makes_extension(query.crate, view):
        return f"an extension that the crate makes may bring it: {rejected.message}"
    if rejected.sqlstate == "42P01" and _is_made_by_query(rejected, view):
        return f"a query makes it: {rejected.message}"
    return None


def is_for_another_server(query: Query, view: View) -> bool:
    """Whether the features of the query's crate name other servers and not PostgreSQL."""
    features = view.features(query.crate, query.call.library)
    return bool(features & _OTHER_SERVERS) and not any(name.startswith("postgres") for name in features)


def _speaks_to_others(query: Query, view: View) -> bool:
    """Only functions are in doubt: a macro asks the database that it is compiled against."""
    return bool(view.features(query.crate, query.call.library) & _OTHER_SERVERS)


def _depends_on_bound_types(query: Query, rejected: Rejected) -> bool:
    """sqlx's functions, sea-orm and diesel send the types of bound values; tokio-postgres asks for them."""
    if query.call.library is Library.TOKIO_POSTGRES or "$1" not in (query.sql or ""):
        return False
    return rejected.sqlstate in _BY_PARAMETERS


def _makes_extension(crate: str, view: View) -> bool:
    return any(_EXTENSION.match(query.sql or "") for query in view.contracts.queries if query.crate == crate)


def _is_made_by_query(rejected: Rejected, view: View) -> bool:
    """A temporary table: some query of the services creates it."""
    found = _RELATION.search(rejected.message)
    if found is None:
        return False
    made = re.compile(rf"\bcreate\b[^;()]*\btable\b[^;()]*\b{re.escape(found[1])}\b", re.IGNORECASE)
    return any(made.search(query.sql) for query in view.contracts.queries if query.sql is not None)
