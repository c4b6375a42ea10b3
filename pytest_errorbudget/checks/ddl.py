"""Objects of a schema as the statements that make them."""

from __future__ import annotations

import re

from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.schema import (
    Column,
    CompositeField,
    CompositeType,
    Constraint,
    ConstraintKind,
    Domain,
    EnumType,
    Generated,
    Index,
    Relation,
    RelationKind,
)

# The normal form of an expression that has no SQL form: a node by its tag, a number of no name, bytes of a constant.
_NO_SQL = re.compile(r"\b[A-Z]{4,}\(|#\d|\{|::regclass")
_SQL_AFTER_ALL = re.compile(r"\bCOALESCE\(|\bCURRENT_\w+|\bARRAY\[")
_KEYWORDS = {ConstraintKind.PRIMARY_KEY: "primary key", ConstraintKind.UNIQUE: "unique"}


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def name_of(relation: Relation) -> str:
    return f"{quoted(relation.schema)}.{quoted(relation.name)}"


def default_of(column: Column) -> str | None:
    """The default as SQL, or ``None`` where there is none or it cannot be written."""
    if column.default is None or _NO_SQL.search(_SQL_AFTER_ALL.sub("", column.default)):
        return None
    return column.default


def column_definition(column: Column) -> str:
    parts = [quoted(column.name), column.type.formatted]
    default = default_of(column)
    if default is not None:
        parts.append(f"default {default}")
    if column.identity is not None:
        parts.append(f"generated {column.identity.value} as identity")
    if column.generated is Generated.STORED:
        parts.append(f"generated always as (null::{column.type.formatted}) stored")
    if column.generated is Generated.VIRTUAL:
        parts.append(f"generated always as (null::{column.type.formatted}) virtual")
    if column.not_null:
        parts.append("not null")
    return " ".join(parts)


def create_table(relation: Relation) -> str:
    """Without its constraints and indexes, which may rest on other tables."""
    columns = ", ".join(column_definition(column) for column in relation.columns)
    return f"create table {name_of(relation)} ({columns})"


def create_view(relation: Relation) -> str:
    """A view of these columns over nothing."""
    columns = ", ".join(f"null::{c.type.formatted} as {quoted(c.name)}" for c in relation.columns)
    return f"create {relation.kind.value} {name_of(relation)} as select {columns}"


def drop_relation(relation: Relation) -> str:
    kind = relation.kind if relation.kind in _DROPPED_AS_THEMSELVES else RelationKind.TABLE
    return f"drop {kind.value} if exists {name_of(relation)} cascade"


_DROPPED_AS_THEMSELVES = frozenset({RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW, RelationKind.FOREIGN_TABLE})


def add_column(relation: Relation, column: Column) -> str:
    return f"alter table {name_of(relation)} add column {column_definition(column)}"


def create_index(relation: Relation, index: Index) -> str:
    """The predicate of a partial index is not known; one that keeps it partial takes its place."""
    known = {column.name for column in relation.columns}
    keys = ", ".join(quoted(key) if key in known else f"({key})" for key in index.columns)
    unique = "unique " if index.unique else ""
    partial = " where true is not null" if index.partial else ""
    named = next((key for key in index.columns if key in known), None)
    if index.partial and named is not None:
        partial = f" where {quoted(named)} is not null"
    return f"create {unique}index {quoted(index.name)} on {name_of(relation)} using {index.method} ({keys}){partial}"


def add_constraint(relation: Relation, constraint: Constraint) -> str | None:
    """``None`` for a constraint whose expression is not known: no query is typed by it."""
    start = f"alter table {name_of(relation)} add constraint {quoted(constraint.name)}"
    columns = ", ".join(map(quoted, constraint.columns))
    valid = "" if constraint.validated else " not valid"
    if constraint.kind in _KEYWORDS:
        return f"{start} {_KEYWORDS[constraint.kind]} ({columns})"
    if constraint.references is not None:
        target = constraint.references
        far = ", ".join(map(quoted, target.columns))
        return (
            f"{start} foreign key ({columns}) references "
            f"{quoted(target.schema)}.{quoted(target.relation)} ({far}){valid}"
        )
    if constraint.kind is ConstraintKind.CHECK and constraint.columns:
        tests = " or ".join(f"{quoted(c)} is null or {quoted(c)} is not null" for c in constraint.columns)
        return f"{start} check ({tests}){valid}"
    return None


def create_enum(enum: EnumType) -> str:
    return f"create type {quoted(enum.schema)}.{quoted(enum.name)} as enum ({', '.join(map(literal, enum.labels))})"


def member(field: CompositeField) -> str:
    return f"{quoted(field.name)} {field.type.formatted}"


def create_composite(composite: CompositeType) -> str:
    name = f"{quoted(composite.schema)}.{quoted(composite.name)}"
    return f"create type {name} as ({', '.join(map(member, composite.fields))})"


def remake_composite(expected: CompositeType, actual: CompositeType) -> tuple[str, ...]:
    """The type stays where columns have it; its members go, and come in the other order."""
    start = f"alter type {quoted(actual.schema)}.{quoted(actual.name)}"
    gone = tuple(f"{start} drop attribute {quoted(each.name)} cascade" for each in expected.fields)
    return (*gone, *(f"{start} add attribute {member(each)} cascade" for each in actual.fields))


def create_domain(domain: Domain) -> str:
    tail = " not null" if domain.not_null else ""
    return f"create domain {quoted(domain.schema)}.{quoted(domain.name)} as {domain.base.formatted}{tail}"


def rebuild_enum(enum: EnumType) -> tuple[str, ...]:
    """A new type under the old name. A label that ``ALTER TYPE ADD VALUE`` adds could not be used before a commit."""
    old = f"{quoted(enum.schema)}.{quoted(_aside(enum))}"
    new = f"{quoted(enum.schema)}.{quoted(enum.name)}"
    return (
        f"alter type {new} rename to {quoted(_aside(enum))}",
        create_enum(enum),
        _COLUMNS_TO_NEW.format(old=literal(old), new=literal(new)),
        f"drop type {old} cascade",
    )


def _aside(enum: EnumType) -> str:
    return f"{enum.name[:50]} (expected)"


# Columns of the type and of arrays of it. Default texts are taken from the catalogue, with the new type's name in them.
_COLUMNS_TO_NEW = """do $mend$
declare
    item record;
    target text;
begin
    for item in
        select a.attrelid::regclass as relation, a.attname as name, t.typelem <> 0 as is_array,
               pg_get_expr(d.adbin, d.adrelid) as expression
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
        join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where not a.attisdropped and {old}::regtype in (t.oid, t.typelem) and not c.relispartition
    loop
        target := {new} || case when item.is_array then '[]' else '' end;
        execute format('alter table %s alter column %I drop default', item.relation, item.name);
        execute format('alter table %s alter column %I type %s using null::%s',
                       item.relation, item.name, target, target);
        if item.expression is not null then
            execute format('alter table %s alter column %I set default %s', item.relation, item.name,
                           replace(item.expression, {old}::regtype::text, {new}));
        end if;
    end loop;
end $mend$"""
