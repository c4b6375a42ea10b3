"""Rust enums, diesel's tables and reads by hand as the facts file writes them."""

from __future__ import annotations

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.rust import DeclaredTable, RustEnum
from pytest_errorbudget.model.rust_queries import Query
from pytest_errorbudget.report.facts_format_rust import (
    FactDeclaredColumn,
    FactDeclaredTable,
    FactRead,
    FactRustEnum,
    FactVariant,
)


def fact_reads(query: Query) -> tuple[FactRead, ...]:
    return tuple(
        FactRead(
            column=read.key,
            type=None if read.type is None else read.type.text or read.type.path,
            panics=read.panics,
            line=read.span.line,
        )
        for read in query.reads
    )


def fact_enums(contracts: Contracts) -> tuple[FactRustEnum, ...]:
    in_order = sorted(contracts.enums, key=lambda e: (e.span.path, e.span.line, e.span.column, e.name))
    return tuple(map(_enum, in_order))


def _enum(item: RustEnum) -> FactRustEnum:
    return FactRustEnum(
        path=item.span.path,
        line=item.span.line,
        column=item.span.column,
        name=item.name,
        crate=item.crate,
        derives=item.derives,
        repr=item.repr,
        variants=tuple(
            FactVariant(name=each.name, labels=dict(each.labels), number=each.number, line=each.span.line)
            for each in item.variants
        ),
    )


def fact_tables(contracts: Contracts) -> tuple[FactDeclaredTable, ...]:
    in_order = sorted(contracts.tables, key=lambda t: (t.span.path, t.span.line, t.span.column, t.name))
    return tuple(map(_table, in_order))


def _table(table: DeclaredTable) -> FactDeclaredTable:
    return FactDeclaredTable(
        path=table.span.path,
        line=table.span.line,
        column=table.span.column,
        name=table.name,
        crate=table.crate,
        schema=table.schema,
        table=table.table,
        primary_key=table.primary_key,
        columns=tuple(
            FactDeclaredColumn(
                name=each.name,
                column=each.column,
                type=each.type.text or each.type.path,
                line=each.span.line,
            )
            for each in table.columns
        ),
    )
