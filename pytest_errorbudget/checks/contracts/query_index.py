"""``query-index``: a query reads a whole table to find rows, because no index leads with what it looks for."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.origins import origin_labels
from pytest_errorbudget.checks.contracts.places import query_place, query_span, shown_column
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import query_subject
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.finding import Label
from pytest_errorbudget.model.query_typing import ColumnRef, Comparison, Typed, UnindexedScan
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust_queries import Query


def query_index(query: Query, typed: Typed, shape: TenantShape, view: View) -> Iterator[Draft]:
    for scan in typed.scans:
        yield _draft(query, scan, shape, view)


def _draft(query: Query, scan: UnindexedScan, shape: TenantShape, view: View) -> Draft:
    column, table = shown_column(scan.column), _table(scan.column)
    how = "equal to a value" if scan.comparison == Comparison.EQUALITY.value else "in a range"
    return Draft(
        rule=Rule.QUERY_INDEX,
        severity=Rule.QUERY_INDEX.severity,
        place=query_place(query),
        text=f"the query of `{query.function}` reads all of `{table}` to find rows by `{scan.column.column}`",
        subjects=(query_subject(query),),
        labels=(
            Label(query_span(query), f"asks for rows whose `{scan.column.column}` is {how}"),
            *origin_labels(scan.column, shape.schema, view.migrated),
        ),
        consequence=f"No usable index of `{table}` begins with `{column}`: each call reads every row, and takes longer "
        "the more there are.",
        help=f"add an index in a migration: `create index on {table} ({scan.column.column})`",
    )


def _table(ref: ColumnRef) -> str:
    return ref.relation if ref.schema == "public" else f"{ref.schema}.{ref.relation}"
