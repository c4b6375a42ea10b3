"""The facts file: what a run gathered, for scripts that compare it with another tool's answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from pytest_errorbudget.model.alert import Firing
from pytest_errorbudget.model.burn import BudgetState
from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.report.execution_log import timestamp
from pytest_errorbudget.report.facts_alerts import fact_alerts
from pytest_errorbudget.report.facts_budgets import fact_budgets
from pytest_errorbudget.report.facts_contracts import fact_ffi, fact_handlers, fact_queries, fact_rows
from pytest_errorbudget.report.facts_databases import fact_database
from pytest_errorbudget.report.facts_format import FactCounts, FactsFile, FactUnread
from pytest_errorbudget.report.facts_rust import fact_enums, fact_tables
from pytest_errorbudget.report.files import write_bytes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def facts_file(
    facts: Facts, settings: Settings, firings: Sequence[Firing] = (), budgets: Sequence[BudgetState] = ()
) -> dict[str, Any]:
    """The file as JSON-ready values."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(_document(facts, settings, firings, budgets)))
    return document


def write(path: Path, document: dict[str, Any]) -> None:
    """Write a facts file, indented, whole or not at all."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")


def _document(facts: Facts, settings: Settings, firings: Sequence[Firing], budgets: Sequence[BudgetState]) -> FactsFile:
    as_of_us = facts.as_of_us
    unread = sorted(
        {(one.span.path, one.span.line, one.reason) for one in (*facts.contracts.unread, *facts.contracts.gaps)}
    )
    return FactsFile(
        version=1,
        as_of=None if as_of_us is None else timestamp(_EPOCH + timedelta(microseconds=as_of_us)),
        databases=tuple(fact_database(one, settings) for one in sorted(facts.databases, key=lambda d: d.name)),
        rows=fact_rows(facts.contracts),
        enums=fact_enums(facts.contracts),
        tables=fact_tables(facts.contracts),
        queries=fact_queries(facts),
        handlers=fact_handlers(facts.contracts),
        ffi=fact_ffi(facts.contracts),
        counts=None if facts.counts is None else _counts(facts.counts),
        budgets=fact_budgets(budgets, settings),
        alerts=fact_alerts(firings),
        unread=tuple(FactUnread(path=path, line=line, reason=reason) for path, line, reason in unread),
    )


def _counts(counts: Counts) -> FactCounts:
    return FactCounts(
        digest=f"sha256:{counts.digest.removeprefix('sha256:')}",
        window_us=counts.window_us,
        events=sum(total.events for total in counts.totals),
        duplicates=sum(total.duplicates for total in counts.totals),
        windows=counts.windows,
    )
