"""enum-labels: an enum has other labels, or another order of them, than in the migrations."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import create_enum, literal
from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.difference import EnumLabelsDiffer
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import EnumType


def enum_labels(difference: EnumLabelsDiffer, group: Group) -> Finding:
    expected, actual = difference.expected, difference.actual
    name = expected.name if expected else actual.name if actual else ""
    return group.finding(
        Rule.ENUM_LABELS,
        message=f"the enum `{name}` {_message(expected, actual, group)}",
        place=name,
        origin=expected.origin if expected else None,
        label=f"`{name}` gets its labels here",
        consequence="A label that the one side does not know fails: 22P02 when it is written, "
        "ColumnDecode when it is read.",
        help=_help(expected, actual),
    )


def _message(expected: EnumType | None, actual: EnumType | None, group: Group) -> str:
    if actual is None:
        return f"is missing in {group.text}; {group.basis} has it"
    if expected is None:
        return f"of {group.text} is not in {group.basis}"
    missing = [label for label in expected.labels if label not in actual.labels]
    surplus = [label for label in actual.labels if label not in expected.labels]
    parts = [f"lacks {', '.join(map(literal, missing))}"] if missing else []
    parts += [f"has {', '.join(map(literal, surplus))} besides"] if surplus else []
    parts = parts or [f"sorts its labels as {', '.join(map(literal, actual.labels))}"]
    return f"{' and '.join(parts)} in {group.text}, against {group.basis}"


def _help(expected: EnumType | None, actual: EnumType | None) -> str:
    if expected is None:
        return "Write a migration that makes the enum, or drop it."
    if actual is None:
        return f"{create_enum(expected).replace('public.', '')};"
    missing = [label for label in expected.labels if label not in actual.labels]
    if not missing:
        return "Write a migration for the other labels: PostgreSQL cannot remove a label from an enum."
    return " ".join(f"alter type {quoted(expected.name)} add value {_place(label, expected)};" for label in missing)


def _place(label: str, enum: EnumType) -> str:
    position = enum.labels.index(label)
    where = f" after {literal(enum.labels[position - 1])}" if position else f" before {literal(enum.labels[1])}"
    return f"{literal(label)}{where if len(enum.labels) > 1 else ''}"
