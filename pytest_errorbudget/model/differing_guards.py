"""Differences of the triggers and the row-level security of one relation."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.model.difference import (
    GuardDifference,
    MissingPolicy,
    MissingTrigger,
    RowSecurityDiffers,
    UnexpectedPolicy,
    UnexpectedTrigger,
)
from pytest_errorbudget.model.matching import told_alike, unmatched
from pytest_errorbudget.model.schema import Policy, Relation, Trigger


def guards(expected: Relation, actual: Relation) -> Iterator[GuardDifference]:
    if expected.row_security != actual.row_security:
        yield RowSecurityDiffers(expected, actual)
    yield from _triggers(expected, actual)
    yield from _policies(expected, actual)


def _triggers(expected: Relation, actual: Relation) -> Iterator[GuardDifference]:
    missing, surplus, _ = unmatched(expected.triggers, actual.triggers, _same_trigger)
    for trigger in missing:
        instead = next((other for other in surplus if other.name == trigger.name), None)
        if instead is not None:
            surplus.remove(instead)
        yield MissingTrigger(expected, trigger, instead)
    for trigger in surplus:
        yield UnexpectedTrigger(actual, trigger, expected.origin)


def _same_trigger(wanted: Trigger, found: Trigger) -> bool:
    """By what it does and when; where that is not known, its name stands for it."""
    if wanted.firing is not found.firing:
        return False
    told = wanted.definition is not None and found.definition is not None
    return wanted.definition == found.definition if told else wanted.name == found.name


def _policies(expected: Relation, actual: Relation) -> Iterator[GuardDifference]:
    missing, surplus, _ = unmatched(expected.policies, actual.policies, _same_policy)
    for policy in missing:
        instead = next((other for other in surplus if other.name == policy.name), None)
        if instead is not None:
            surplus.remove(instead)
        yield MissingPolicy(expected, policy, instead)
    for policy in surplus:
        yield UnexpectedPolicy(actual, policy, expected.origin)


def _same_policy(wanted: Policy, found: Policy) -> bool:
    """Policies keep their names: their expressions are not known in every reading."""
    return (
        (wanted.name, wanted.command, wanted.permissive) == (found.name, found.command, found.permissive)
        and told_alike(wanted.using, found.using)
        and told_alike(wanted.check, found.check)
    )
