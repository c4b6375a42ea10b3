"""Rust contracts: rows, queries, handlers and FFI boundaries against each tenant's schema.

``contract_findings`` is called once a database, ``boundary_findings`` once a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pytest_errorbudget.checks.contracts.collection import contract_items, without_schema
from pytest_errorbudget.checks.contracts.draft import Draft, merged
from pytest_errorbudget.checks.contracts.evaluate import of_database, of_sources
from pytest_errorbudget.checks.contracts.ffi import ffi_findings
from pytest_errorbudget.checks.contracts.other_databases import meant_elsewhere
from pytest_errorbudget.checks.contracts.reach import reached_by
from pytest_errorbudget.checks.contracts.scope import Scope, TenantShape, scope_of
from pytest_errorbudget.checks.contracts.unread import gaps, unread_findings
from pytest_errorbudget.checks.contracts.view import view_of
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey
from pytest_errorbudget.model.finding import Finding, ordered
from pytest_errorbudget.model.problem import Unchecked

__all__ = [
    "Scope",
    "TenantShape",
    "boundary_findings",
    "contract_findings",
    "contract_items",
    "meant_elsewhere",
    "scope_of",
    "without_schema",
]


def contract_findings(
    contracts: Contracts, database: DatabaseFacts, scope: Scope, elsewhere: Mapping[QueryKey, str] | None = None
) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    """Rows, queries and handlers against every distinct shape of one database, once a shape. ``elsewhere`` says of
    queries why another database is meant where this one refuses them (``meant_elsewhere``)."""
    view = replace(view_of(contracts, database, scope), elsewhere=elsewhere or {})
    handlers = reached_by(view)
    drafts: list[tuple[TenantShape, Draft]] = []
    unchecked: set[Unchecked] = set(of_sources(view))
    for said in of_database(view, handlers):
        match said:
            case Unchecked():
                unchecked.add(said)
            case _:
                drafts.append(said)
    return merged(drafts, scope), _sorted(unchecked)


def boundary_findings(contracts: Contracts) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    """FFI declarations against definitions, and what could not be read: no database takes part."""
    findings, unchecked = ffi_findings(contracts)
    return ordered((*unread_findings(contracts), *findings)), _sorted((*unchecked, *gaps(contracts)))


def _sorted(unchecked: Iterable[Unchecked]) -> tuple[Unchecked, ...]:
    return tuple(sorted(set(unchecked), key=lambda u: (u.kind, u.place, u.reason, str(u.span or ""), u.items)))
