"""composite-fields: a composite type has other members, or another order of them, than in the migrations."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import create_composite, member
from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.difference import CompositeDiffers
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import CompositeField, CompositeType


def composite_fields(difference: CompositeDiffers, group: Group) -> Finding:
    expected, actual = difference.expected, difference.actual
    name = expected.name if expected else actual.name if actual else ""
    return group.finding(
        Rule.COMPOSITE_FIELDS,
        message=f"the composite type `{name}` {_message(expected, actual, group)}",
        place=name,
        origin=expected.origin if expected else None,
        label=f"`{name}` gets its members here",
        consequence="sqlx and diesel read the members by position and tokio-postgres by name and number: the row of a "
        "tenant that has others fails to decode, or gives a member the value of another.",
        help=_help(expected, actual),
    )


def _message(expected: CompositeType | None, actual: CompositeType | None, group: Group) -> str:
    if actual is None:
        return f"is missing in {group.text}; {group.basis} has it"
    if expected is None:
        return f"of {group.text} is not in {group.basis}"
    return f"is {_shown(actual)} in {group.text}, and {_shown(expected)} in {group.basis}"


def _shown(composite: CompositeType) -> str:
    return f"({', '.join(map(member, composite.fields))})"


def _help(expected: CompositeType | None, actual: CompositeType | None) -> str:
    if expected is None:
        return "Write a migration that makes the type, or drop it."
    if actual is None:
        return f"{create_composite(expected).replace('public.', '')};"
    missing = [each for each in expected.fields if each not in actual.fields]
    if actual.fields + tuple(missing) == expected.fields:
        return " ".join(f"alter type {quoted(expected.name)} add attribute {member(each)};" for each in missing)
    surplus = _surplus(expected, actual)
    if surplus:
        return " ".join(f"alter type {quoted(expected.name)} drop attribute {quoted(each.name)};" for each in surplus)
    return "Make the type as the migrations do: members that are added come last."


def _surplus(expected: CompositeType, actual: CompositeType) -> tuple[CompositeField, ...]:
    """Members that only have to go."""
    kept = tuple(each for each in actual.fields if each in expected.fields)
    return tuple(each for each in actual.fields if each not in kept) if kept == expected.fields else ()
