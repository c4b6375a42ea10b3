"""A finding for each difference of tenants, by its rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from pytest_errorbudget.checks.drift.column_default import column_default
from pytest_errorbudget.checks.drift.column_generated import column_generated
from pytest_errorbudget.checks.drift.column_missing import column_missing
from pytest_errorbudget.checks.drift.column_nullability import column_nullability
from pytest_errorbudget.checks.drift.column_type import column_type
from pytest_errorbudget.checks.drift.column_unexpected import column_unexpected
from pytest_errorbudget.checks.drift.composite_fields import composite_fields
from pytest_errorbudget.checks.drift.constraint_expression import constraint_expression
from pytest_errorbudget.checks.drift.constraint_missing import constraint_missing
from pytest_errorbudget.checks.drift.constraint_unexpected import constraint_unexpected
from pytest_errorbudget.checks.drift.constraint_unvalidated import constraint_unvalidated
from pytest_errorbudget.checks.drift.cross_tenant_reference import Elsewhere, crossings, explained
from pytest_errorbudget.checks.drift.domain_type import domain_type
from pytest_errorbudget.checks.drift.enum_labels import enum_labels
from pytest_errorbudget.checks.drift.foreign_key_unindexed import unindexed_of_tenants
from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.checks.drift.index_duplicate import index_duplicate
from pytest_errorbudget.checks.drift.index_invalid import index_invalid, index_invalid_unexpected
from pytest_errorbudget.checks.drift.index_missing import index_missing
from pytest_errorbudget.checks.drift.index_unexpected import index_unexpected
from pytest_errorbudget.checks.drift.policy_missing import policy_missing
from pytest_errorbudget.checks.drift.policy_unexpected import policy_unexpected
from pytest_errorbudget.checks.drift.row_security import row_security
from pytest_errorbudget.checks.drift.table_missing import table_missing
from pytest_errorbudget.checks.drift.table_unexpected import table_unexpected
from pytest_errorbudget.checks.drift.trigger_missing import trigger_missing
from pytest_errorbudget.checks.drift.trigger_unexpected import trigger_unexpected
from pytest_errorbudget.checks.drift.view_query import view_query
from pytest_errorbudget.model.difference import (
    CheckDiffers,
    ColumnDifference,
    CompositeDiffers,
    ConstraintDifference,
    DefaultDiffers,
    Difference,
    DomainDiffers,
    DuplicateIndex,
    EnumLabelsDiffer,
    GeneratedDiffers,
    GuardDifference,
    IndexDifference,
    InvalidIndex,
    MissingColumn,
    MissingConstraint,
    MissingIndex,
    MissingPolicy,
    MissingTable,
    MissingTrigger,
    NullabilityDiffers,
    RowSecurityDiffers,
    TypeDiffers,
    UnexpectedColumn,
    UnexpectedConstraint,
    UnexpectedIndex,
    UnexpectedPolicy,
    UnexpectedTable,
    UnexpectedTrigger,
    UnvalidatedConstraint,
    ViewDiffers,
)
from pytest_errorbudget.model.differences import differences
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.schema import Schema


def findings_of(expected: Schema, actual: Schema, elsewhere: Elsewhere, group: Group) -> Iterator[Finding]:
    """All that makes ``actual`` another schema than ``expected``; ``elsewhere`` are the tenants by their schemas."""
    for difference in explained(differences(expected, actual), elsewhere):
        yield _finding(difference, group)
    yield from crossings(expected, actual, elsewhere, group)
    yield from unindexed_of_tenants(expected, actual, group)


def _finding(difference: Difference, group: Group) -> Finding:
    match difference:
        case MissingTable():
            return table_missing(difference, group)
        case UnexpectedTable():
            return table_unexpected(difference, group)
        case ViewDiffers():
            return view_query(difference, group)
        case EnumLabelsDiffer():
            return enum_labels(difference, group)
        case CompositeDiffers():
            return composite_fields(difference, group)
        case DomainDiffers():
            return domain_type(difference, group)
        case MissingIndex() | InvalidIndex() | DuplicateIndex() | UnexpectedIndex():
            return _of_index(difference, group)
        case MissingConstraint() | UnvalidatedConstraint() | CheckDiffers() | UnexpectedConstraint():
            return _of_constraint(difference, group)
        case MissingTrigger() | UnexpectedTrigger() | MissingPolicy() | UnexpectedPolicy() | RowSecurityDiffers():
            return _of_guard(difference, group)
        case _:
            return _of_column(difference, group)


def _of_column(difference: ColumnDifference, group: Group) -> Finding:
    match difference:
        case MissingColumn():
            return column_missing(difference, group)
        case UnexpectedColumn():
            return column_unexpected(difference, group)
        case TypeDiffers():
            return column_type(difference, group)
        case NullabilityDiffers():
            return column_nullability(difference, group)
        case DefaultDiffers():
            return column_default(difference, group)
        case GeneratedDiffers():
            return column_generated(difference, group)
    assert_never(difference)


def _of_index(difference: IndexDifference, group: Group) -> Finding:
    match difference:
        case MissingIndex():
            return index_missing(difference, group)
        case InvalidIndex():
            return index_invalid(difference, group)
        case DuplicateIndex():
            return index_duplicate(difference, group)
        case UnexpectedIndex(_, index) if not index.valid:
            return index_invalid_unexpected(difference, group)
        case UnexpectedIndex():
            return index_unexpected(difference, group)
    assert_never(difference)


def _of_constraint(difference: ConstraintDifference, group: Group) -> Finding:
    match difference:
        case MissingConstraint():
            return constraint_missing(difference, group)
        case UnvalidatedConstraint():
            return constraint_unvalidated(difference, group)
        case CheckDiffers():
            return constraint_expression(difference, group)
        case UnexpectedConstraint():
            return constraint_unexpected(difference, group)
    assert_never(difference)


def _of_guard(difference: GuardDifference, group: Group) -> Finding:
    match difference:
        case MissingTrigger():
            return trigger_missing(difference, group)
        case UnexpectedTrigger():
            return trigger_unexpected(difference, group)
        case MissingPolicy():
            return policy_missing(difference, group)
        case UnexpectedPolicy():
            return policy_unexpected(difference, group)
        case RowSecurityDiffers():
            return row_security(difference, group)
    assert_never(difference)
