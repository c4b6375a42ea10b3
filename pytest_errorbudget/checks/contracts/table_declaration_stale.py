"""``table-declaration-stale``: what ``table!`` (or a sea-orm entity) declares is not what a tenant's table is.

diesel names the columns of a query, so that their order and columns that it does not declare do not matter to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.diesel import (
    DIESEL,
    declared,
    fits,
    is_same_clock,
    outcome,
    sql_type_of,
)
from pytest_errorbudget.checks.contracts.origins import origin_labels
from pytest_errorbudget.checks.contracts.places import shown_column, shown_pg, shown_type
from pytest_errorbudget.checks.contracts.scope import TableSubject, TenantShape
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.contracts import Crate
from pytest_errorbudget.model.finding import Label
from pytest_errorbudget.model.pgtype import UNKNOWN
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import ColumnRef
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import DeclaredColumn, DeclaredTable, RustType
from pytest_errorbudget.model.schema import Column, Relation, RelationKind, Schema
from pytest_errorbudget.model.severity import Severity

_VIEWS = frozenset({RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW})
# diesel/src/mysql/types and diesel/src/sqlite/types; `Bit` and the sized texts are what print-schema writes for MySQL
_ELSEWHERE = frozenset(
    {"Datetime", "TinyInt", "Tinyint", "Unsigned", "Bit", "Tinytext", "Mediumtext", "Longtext", "Tinyblob"}
    | {"Mediumblob", "Longblob", "Varbinary", "TimestamptzSqlite"}
)
_AFTER = ", so a 500 where a handler passes it on."


def declared_tables(view: View) -> tuple[DeclaredTable, ...]:
    """The tables of the scope's crates that are declared for PostgreSQL."""
    elsewhere = {crate.name for crate in view.contracts.crates if _is_elsewhere(crate)}
    return tuple(t for t in view.contracts.tables if view.scope.reads(t.crate) and t.crate not in elsewhere)


def _is_elsewhere(crate: Crate) -> bool:
    """Whether the crate's diesel speaks to other databases only."""
    features = {name for library, name in crate.features if library == "diesel"}
    postgres = any(name.startswith("postgres") for name in features)
    return bool(features & {"sqlite", "mysql", "sqlite-bundled"}) and not postgres


def table_declaration_stale(shape: TenantShape, view: View) -> Iterator[Draft | Unchecked]:
    """Every ``table!`` of the scope against one shape."""
    by_file: defaultdict[str, list[DeclaredTable]] = defaultdict(list)
    for table in declared_tables(view):
        by_file[table.span.path].append(table)
    for path, tables in by_file.items():
        if any(_is_of_another_server(column.type) for table in tables for column in table.columns):
            reason = f"`{path}` has types of another server"
            yield Unchecked("table-declaration", path, reason, tables[0].span)
            continue
        known = [table for table in tables if _relation(table, shape.schema) is not None]
        if 2 * len(known) <= len(tables) and not (known and len(tables) == 1):
            reason = f"most tables of `{path}` are not in this database"
            yield Unchecked("table-declaration", path, reason, tables[0].span)
            continue
        for table in tables:
            yield from _of_table(table, shape, view)


def _is_of_another_server(sql: RustType) -> bool:
    return sql.path in _ELSEWHERE or any(map(_is_of_another_server, sql.arguments))


def _relation(table: DeclaredTable, schema: Schema) -> Relation | None:
    return schema.relation(table.schema or "public", table.table)


def _of_table(table: DeclaredTable, shape: TenantShape, view: View) -> Iterator[Draft | Unchecked]:
    relation = _relation(table, shape.schema)
    if relation is None:
        shown = table.table if table.schema is None else f"{table.schema}.{table.table}"
        yield _draft(
            table,
            Severity.ERROR,
            _place(table),
            f"`table! {{ {table.name} }}` declares `{shown}`, and there is no such table",
            (Label(table.span, "no such table"),),
            f"Every query of it fails at run time with {DIESEL.database} (SQLSTATE 42P01){_AFTER}",
            "run `diesel print-schema` again, or add the table in a migration",
        )
        return
    for column in table.columns:
        yield from _of_column(table, column, relation, shape, view)


def _of_column(
    table: DeclaredTable, declared_column: DeclaredColumn, relation: Relation, shape: TenantShape, view: View
) -> Iterator[Draft | Unchecked]:
    column = relation.column(declared_column.column)
    if column is None:
        yield _missing(table, declared_column, relation)
        return
    pg = column.base or column.type
    own = view.types(table.crate, shape.schema)
    answer = fits(declared_column.type, pg, own) if pg != UNKNOWN else NotKnown("only PostgreSQL knows the type")
    match answer:
        case Accepts():
            yield from _nullability(table, declared_column, column, relation, shape, view)
        case NotKnown(reason):
            place = f"{_place(table)}.{declared_column.name}"
            yield Unchecked("table-declaration", place, reason, declared_column.span)
        case Refuses(declares):
            yield _other_type(table, declared_column, column, declares, relation, shape, view)


def _missing(table: DeclaredTable, column: DeclaredColumn, relation: Relation) -> Draft:
    return _draft(
        table,
        Severity.ERROR,
        f"{_place(table)}.{column.name}",
        f"`table! {{ {table.name} }}` declares the column `{column.column}`, which `{relation.display}` does not have",
        (Label(column.span, f"`{relation.display}` has no column `{column.column}`"),),
        f"Every query that names it fails at run time with {DIESEL.database} (SQLSTATE 42703: column does not "
        f"exist){_AFTER}",
        "run `diesel print-schema` again, or add the column in a migration",
    )


def _other_type(
    table: DeclaredTable,
    declared_column: DeclaredColumn,
    column: Column,
    declares: str | None,
    relation: Relation,
    shape: TenantShape,
    view: View,
) -> Draft:
    pg = column.base or column.type
    rows = "Every row" if column.not_null else "Every row that holds a value"
    wanted = sql_type_of(pg, not column.not_null)
    return _draft(
        table,
        Severity.WARNING if is_same_clock(declares, pg) else Severity.ERROR,
        f"{_place(table)}.{declared_column.name}",
        f"`table! {{ {table.name} }}` declares `{declared_column.name} -> {shown_type(declared_column.type)}`, and "
        f"`{_shown(relation, column)}` is `{shown_pg(column.type)}`",
        (
            Label(declared_column.span, f"does not stand for `{shown_pg(column.type)}`"),
            *origin_labels(_ref(relation, column), shape.schema, view.migrated),
        ),
        outcome(declares, pg, rows, _AFTER),
        f"declare it as `{wanted}`" if wanted is not None else "run `diesel print-schema` again",
    )


def _nullability(
    table: DeclaredTable,
    declared_column: DeclaredColumn,
    column: Column,
    relation: Relation,
    shape: TenantShape,
    view: View,
) -> Iterator[Draft]:
    nullable = declared(declared_column.type).nullable
    if relation.kind in _VIEWS or nullable is (not column.not_null):
        return
    shown = _shown(relation, column)
    name, written = declared_column.name, shown_type(declared_column.type)
    history = origin_labels(_ref(relation, column), shape.schema, view.migrated)
    place = f"{_place(table)}.{name}"
    said = f"`table! {{ {table.name} }}` declares `{name} -> {written}`"
    if nullable:
        yield _draft(
            table,
            Severity.INFORMATION,
            place,
            f"{said}, but `{shown}` is never NULL",
            (Label(declared_column.span, "never NULL"), *history),
            "Nothing fails: the code handles a `None` that no row gives, and may try to write one.",
            "run `diesel print-schema` again",
        )
        return
    yield _draft(
        table,
        Severity.ERROR,
        place,
        f"{said}, but `{shown}` can be NULL",
        (Label(declared_column.span, "declared never to be NULL"), *history),
        f"The first row with NULL fails at run time with {DIESEL.null}{_AFTER}",
        f"declare it as `Nullable<{written}>` and read an `Option`, or make the column NOT NULL in a migration",
    )


def _place(table: DeclaredTable) -> str:
    return f"{table.span.path}::table.{table.name}"


def _ref(relation: Relation, column: Column) -> ColumnRef:
    return ColumnRef(relation.schema, relation.name, column.name)


def _shown(relation: Relation, column: Column) -> str:
    return shown_column(_ref(relation, column))


def _draft(
    table: DeclaredTable,
    severity: Severity,
    place: str,
    text: str,
    labels: tuple[Label, ...],
    consequence: str,
    help: str,
) -> Draft:
    return Draft(
        rule=Rule.TABLE_DECLARATION_STALE,
        severity=severity,
        place=place,
        text=text,
        subjects=(TableSubject(table.span.path, table.name),),
        labels=labels,
        consequence=consequence,
        help=help,
    )
