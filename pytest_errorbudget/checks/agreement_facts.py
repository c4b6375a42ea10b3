"""Relations, enums and composite types of two replays side by side, fact by fact.

A difference is (place, what the static replay claims, what PostgreSQL built, origin).
"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.agreement_guards import guard_differences
from pytest_errorbudget.model.pgtype import CATALOG, UNKNOWN, PgType
from pytest_errorbudget.model.schema import Column, CompositeType, Constraint, ConstraintKind, EnumType, Index, Relation
from pytest_errorbudget.model.source import Span

Fact = tuple[str, str, str, Span | None]
_COMPARED = frozenset(
    {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.FOREIGN_KEY, ConstraintKind.CHECK}
)


def relation_differences(static: Relation, real: Relation | None) -> Iterator[Fact]:
    if real is None:
        yield static.display, "there", "missing", static.origin
        return
    yield from _columns(static, real)
    yield from _indexes(static, real)
    yield from _constraints(static, real)
    yield from guard_differences(static, real)


def enum_differences(static: EnumType, real: EnumType | None) -> Iterator[Fact]:
    """A DO block may have added labels; those that are claimed must be there in their order."""
    place = static.name if static.schema == "public" else f"{static.schema}.{static.name}"
    if real is None:
        yield place, _labels(static.labels), "missing", static.origin
    elif static.labels != real.labels:
        yield place, _labels(static.labels), _labels(real.labels), static.origin


def composite_differences(static: CompositeType, real: CompositeType | None) -> Iterator[Fact]:
    """Members by their names and types, in their order."""
    place = static.name if static.schema == "public" else f"{static.schema}.{static.name}"
    if real is None:
        yield place, _members(static), "missing", static.origin
    elif _members(static) != _members(real):
        yield place, _members(static), _members(real), static.origin


def _members(composite: CompositeType) -> str:
    return f"({', '.join(f'{each.name} {_type(each.type)}' for each in composite.fields)})"


def _columns(static: Relation, real: Relation) -> Iterator[Fact]:
    for column in static.columns:
        built = real.column(column.name)
        place = f"{static.display}.{column.name}"
        if built is None:
            yield place, "there", "missing", column.origin
            continue
        for claimed, found in _column_facts(column, built):
            if claimed != found:
                yield place, claimed, found, column.origin
    for built in real.columns:
        if static.column(built.name) is None:
            yield f"{static.display}.{built.name}", "missing", f"`{built.type}`", static.origin


def _column_facts(static: Column, real: Column) -> Iterator[tuple[str, str]]:
    if static.type != UNKNOWN:
        yield _type(static.type), _type(real.type)
    yield _nullability(static), _nullability(real)
    yield _default(static), _default(real)
    yield _identity(static), _identity(real)
    yield _generated(static), _generated(real)


def _type(value: PgType) -> str:
    """Modifiers of an extension's types are the extension's own encoding: name and dimensions count."""
    shown = value if value.schema == CATALOG else PgType(value.name, value.schema, (), value.dimensions)
    return f"`{shown}`"


def _nullability(column: Column) -> str:
    return "NOT NULL" if column.not_null else "nullable"


def _default(column: Column) -> str:
    return "with a default" if column.has_default else "without a default"


def _identity(column: Column) -> str:
    return f"identity {column.identity.value}" if column.identity is not None else "no identity column"


def _generated(column: Column) -> str:
    return f"generated and {column.generated.value}" if column.generated is not None else "not generated"


def _indexes(static: Relation, real: Relation) -> Iterator[Fact]:
    built = {index.name: index for index in real.indexes}
    for index in static.indexes:
        claimed = _index(index, static)
        found = _index(built[index.name], real) if index.name in built else "missing"
        if claimed != found:
            yield f"{static.display} index {index.name}", claimed, found, index.origin
    known = {index.name for index in static.indexes}
    for index in real.indexes:
        if index.name not in known:
            yield f"{static.display} index {index.name}", "missing", _index(index, real), static.origin


def _index(index: Index, relation: Relation) -> str:
    """Expressions are spelled by each replay in its own way, and compare as such."""
    names = {column.name for column in relation.columns}
    keys = ", ".join(key if key in names else "<expression>" for key in index.columns)
    words = ("primary" if index.primary else "unique" if index.unique else "", "partial" if index.partial else "")
    return " ".join((*(word for word in words if word), index.method, f"index on ({keys})"))


def _constraints(static: Relation, real: Relation) -> Iterator[Fact]:
    built = {c.name: c for c in real.constraints if c.kind in _COMPARED}
    claims = {c.name: c for c in static.constraints if c.kind in _COMPARED}
    for name, constraint in claims.items():
        claimed = _constraint(constraint)
        found = _constraint(built[name]) if name in built else "missing"
        if claimed != found:
            yield f"{static.display} constraint {name}", claimed, found, constraint.origin
    for name, constraint in built.items():
        if name not in claims and constraint.kind is not ConstraintKind.FOREIGN_KEY:
            yield f"{static.display} constraint {name}", "missing", _constraint(constraint), static.origin


def _constraint(constraint: Constraint) -> str:
    ordered = constraint.columns if constraint.kind is not ConstraintKind.CHECK else sorted(constraint.columns)
    target = constraint.references
    tail = f" to {target.schema}.{target.relation} ({', '.join(target.columns)})" if target is not None else ""
    state = "" if constraint.validated else ", not validated"
    return f"{constraint.kind.value} on ({', '.join(ordered)}){tail}{state}"


def _labels(labels: tuple[str, ...]) -> str:
    return f"({', '.join(labels)})"
