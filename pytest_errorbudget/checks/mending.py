"""The statements that turn one schema into another: how a tenant's shape is rebuilt on a server of our own.

The tables there are empty, so values need no care. Defaults that have no SQL form are left as they are: they have
no part in how a query is typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pytest_errorbudget.checks.ddl import (
    add_column,
    add_constraint,
    create_composite,
    create_domain,
    create_enum,
    create_index,
    create_table,
    create_view,
    default_of,
    drop_relation,
    name_of,
    rebuild_enum,
    remake_composite,
)
from pytest_errorbudget.checks.set_aside import PUT_BACK, SET_ASIDE
from pytest_errorbudget.model.difference import (
    CompositeDiffers,
    DefaultDiffers,
    Difference,
    DomainDiffers,
    DuplicateIndex,
    EnumLabelsDiffer,
    GeneratedDiffers,
    InvalidIndex,
    MissingColumn,
    MissingConstraint,
    MissingIndex,
    MissingTable,
    NullabilityDiffers,
    TypeDiffers,
    UnexpectedColumn,
    UnexpectedConstraint,
    UnexpectedIndex,
    UnexpectedTable,
    UnvalidatedConstraint,
    is_view,
)
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.schema import Column, Constraint, ConstraintKind, Relation

_UNIQUE = frozenset({ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE})


def mending(differences: Sequence[Difference]) -> tuple[str, ...]:
    """DDL that makes ``actual`` of ``expected``, in the order in which it runs.

    What stands in the way goes first, then types, tables and columns change, then what rests on them is made.
    """
    in_the_way = any(map(_moves_columns, differences))
    return (
        *_removals(differences),
        *((SET_ASIDE,) if in_the_way else ()),
        *_types(differences),
        *_tables(differences),
        *_additions(differences),
        *_views(differences),
        *((PUT_BACK,) if in_the_way else ()),
        *_unused_types(differences),
    )


def _moves_columns(difference: Difference) -> bool:
    """Whether it changes or drops columns on which a view, a check or an index may rest."""
    match difference:
        case EnumLabelsDiffer(expected, actual):
            return expected is not None and actual is not None
        case MissingColumn(relation) | TypeDiffers(relation):
            return not is_view(relation)
        case _:
            return False


def _removals(differences: Iterable[Difference]) -> Iterator[str]:
    for difference in differences:
        match difference:
            case MissingConstraint(relation, constraint) | UnvalidatedConstraint(relation, constraint, _):
                yield f"alter table {name_of(relation)} drop constraint if exists {quoted(constraint.name)} cascade"
            case MissingIndex(relation, index) | InvalidIndex(relation, index, _):
                yield f"drop index if exists {quoted(relation.schema)}.{quoted(index.name)}"
            case _:
                pass
    for difference in differences:
        if isinstance(difference, MissingTable):
            yield drop_relation(difference.relation)


def _types(differences: Iterable[Difference]) -> Iterator[str]:
    for difference in differences:
        match difference:
            case EnumLabelsDiffer(None, actual) if actual is not None:
                yield create_enum(actual)
            case EnumLabelsDiffer(expected, actual) if expected is not None and actual is not None:
                yield from rebuild_enum(actual)
            case DomainDiffers(None, actual) if actual is not None:
                yield create_domain(actual)
            case CompositeDiffers(None, actual) if actual is not None:
                yield create_composite(actual)
            case CompositeDiffers(expected, actual) if expected is not None and actual is not None:
                yield from remake_composite(expected, actual)
            case _:
                pass


def _tables(differences: Iterable[Difference]) -> Iterator[str]:
    for difference in differences:
        match difference:
            case UnexpectedTable(relation) if not is_view(relation):
                yield create_table(relation)
            case MissingColumn(relation, _, column) if not is_view(relation):
                yield f"alter table {name_of(relation)} drop column if exists {quoted(column.name)} cascade"
            case UnexpectedColumn(relation, _, column) if not is_view(relation):
                yield add_column(relation, column)
            case TypeDiffers(relation, _, expected, actual) if not is_view(relation):
                yield from _retyped(relation, expected, actual)
            case NullabilityDiffers(relation, _, _, actual) if not is_view(relation):
                yield f"{_column(relation, actual)} {'set' if actual.not_null else 'drop'} not null"
            case DefaultDiffers(relation, _, expected, actual) | GeneratedDiffers(relation, _, expected, actual) if (
                not is_view(relation)
            ):
                yield from _refilled(relation, expected, actual)
            case _:
                pass


def _column(relation: Relation, column: Column) -> str:
    return f"alter table {name_of(relation)} alter column {quoted(column.name)}"


def _retyped(relation: Relation, expected: Column, actual: Column) -> Iterator[str]:
    """An old default may not fit the new type; a default that both sides share comes back afterwards."""
    start = _column(relation, actual)
    if expected.has_default:
        yield f"{start} drop default"
    yield f"{start} type {actual.type.formatted} using null::{actual.type.formatted}"
    default = default_of(actual)
    if default is not None and expected.default == actual.default:
        yield f"{start} set default {default}"


def _refilled(relation: Relation, expected: Column, actual: Column) -> Iterator[str]:
    start = _column(relation, actual)
    if expected.generated is not None and actual.generated is None:
        yield f"{start} drop expression if exists"
    if expected.identity is not None and actual.identity is None:
        yield f"{start} drop identity if exists"
    if expected.has_default and not (actual.has_default and default_of(actual) is None):
        yield f"{start} drop default"
    default = default_of(actual)
    if default is not None:
        yield f"{start} set default {default}"
    if actual.identity is not None and expected.identity is None:
        yield f"{start} set not null"
        yield f"{start} add generated {actual.identity.value} as identity"
    elif actual.identity is not None and actual.identity is not expected.identity:
        yield f"{start} set generated {actual.identity.value}"


def _additions(differences: Sequence[Difference]) -> Iterator[str]:
    """Keys before the foreign keys that point at them."""
    pairs = [(d.relation, d.constraint) for d in differences if isinstance(d, UnexpectedConstraint)]
    pairs += [(d.relation, d.unproven) for d in differences if isinstance(d, UnvalidatedConstraint)]
    new = [d.relation for d in differences if isinstance(d, UnexpectedTable) and not is_view(d.relation)]
    pairs += [(relation, constraint) for relation in new for constraint in relation.constraints]
    here = [(relation, constraint) for relation, constraint in pairs if not _points_elsewhere(relation, constraint)]
    for relation, constraint in sorted(here, key=lambda pair: pair[1].kind not in _UNIQUE):
        statement = add_constraint(relation, constraint)
        if statement is not None:
            yield statement
    for difference in differences:
        if isinstance(difference, UnexpectedIndex | DuplicateIndex):
            yield create_index(difference.relation, difference.index)
    for relation in new:
        backing = {constraint.name for constraint in relation.constraints if constraint.kind in _UNIQUE}
        for index in relation.indexes:
            if index.name not in backing:
                yield create_index(relation, index)


def _points_elsewhere(relation: Relation, constraint: Constraint) -> bool:
    """A table of another tenant is not there; no query is typed by a foreign key."""
    target = constraint.references
    return target is not None and target.schema not in {relation.schema, "public"}


def _views(differences: Iterable[Difference]) -> Iterator[str]:
    """A view of the right columns stands in for one whose query is not known."""
    rebuilt: dict[str, Relation] = {}
    for difference in differences:
        match difference:
            case UnexpectedTable(relation) if is_view(relation):
                yield create_view(relation)
            case (
                MissingColumn(relation, actual)
                | UnexpectedColumn(relation, actual)
                | TypeDiffers(relation, actual)
                | NullabilityDiffers(relation, actual)
                | DefaultDiffers(relation, actual)
            ) if is_view(relation):
                rebuilt[name_of(relation)] = actual
            case _:
                pass
    for relation in rebuilt.values():
        yield drop_relation(relation)
        yield create_view(relation)


def _unused_types(differences: Iterable[Difference]) -> Iterator[str]:
    for difference in differences:
        match difference:
            case EnumLabelsDiffer(expected, None) if expected is not None:
                yield f"drop type {quoted(expected.schema)}.{quoted(expected.name)} cascade"
            case DomainDiffers(expected, None) if expected is not None:
                yield f"drop domain {quoted(expected.schema)}.{quoted(expected.name)} cascade"
            case CompositeDiffers(expected, None) if expected is not None:
                yield f"drop type {quoted(expected.schema)}.{quoted(expected.name)} cascade"
            case _:
                pass
