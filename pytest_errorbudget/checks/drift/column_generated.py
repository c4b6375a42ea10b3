"""column-generated: identity, or what a column is computed from, is not what the migrations say."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import default_of
from pytest_errorbudget.checks.drift.group import Group, column_place, sql_name
from pytest_errorbudget.model.difference import GeneratedDiffers
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column, Identity


def _described(column: Column) -> str:
    if column.identity is not None:
        return f"is generated {column.identity.value} as identity"
    if column.generated is not None:
        source = "" if column.generation is None else f" as `{column.generation}`"
        return f"is generated{source} ({column.generated.value})"
    if not column.has_default:
        return "has no value of its own"
    return f"has the default `{column.default}`" if column.default is not None else "has a default"


def _fills(column: Column) -> bool:
    return column.has_default or column.identity is not None or column.generated is not None


def _consequence(expected: Column, actual: Column) -> str:
    if expected.not_null and not _fills(actual):
        return "An INSERT that leaves the column out fails with 23502 (not null violation)."
    if expected.identity is Identity.ALWAYS and actual.identity is Identity.BY_DEFAULT:
        return "An INSERT that gives the column a value is accepted here, and a later one collides with it."
    if (actual.generated is not None and expected.generated is None) or actual.identity is Identity.ALWAYS:
        return "An INSERT that gives the column a value fails with 428C9 (generated always)."
    return "An INSERT or UPDATE leaves another value in the column for these tenants."


def _help(expected: Column, actual: Column, statement: str) -> str:
    if expected.identity is not None and actual.identity is not None:
        return f"{statement} set generated {expected.identity.value};"
    if expected.identity is not None and not actual.has_default and actual.generated is None:
        return f"{statement} add generated {expected.identity.value} as identity;"
    if actual.identity is not None and expected.generated is None and default_of(expected) is None:
        return f"{statement} drop identity;"
    return "Make the column again as the migration does; a generated column cannot be altered."


def column_generated(difference: GeneratedDiffers, group: Group) -> Finding:
    relation, expected, actual = difference.relation, difference.expected_column, difference.actual_column
    place = column_place(relation, expected)
    statement = f"alter table {sql_name(relation)} alter column {quoted(expected.name)}"
    return group.finding(
        Rule.COLUMN_GENERATED,
        message=f"`{place}` {_described(actual)} in {group.text}; in {group.basis} it {_described(expected)}",
        place=place,
        origin=expected.origin,
        label=f"here `{expected.name}` {_described(expected)}",
        consequence=_consequence(expected, actual),
        help=_help(expected, actual, statement),
    )
