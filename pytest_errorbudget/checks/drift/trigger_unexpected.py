"""trigger-unexpected: the tenant has a trigger that no migration makes."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group, sql_name
from pytest_errorbudget.model.difference import UnexpectedTrigger
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Firing


def trigger_unexpected(difference: UnexpectedTrigger, group: Group) -> Finding:
    relation, trigger = difference.relation, difference.trigger
    state = " (disabled)" if trigger.firing is Firing.DISABLED else ""
    return group.finding(
        Rule.TRIGGER_UNEXPECTED,
        message=f"{group.text} {group.has} a trigger `{trigger.name}` on `{relation.display}`{state} that "
        f"{group.basis} does not have",
        place=f"{relation.display}.{trigger.name}",
        origin=difference.origin,
        label=f"`{relation.display}` is made here",
        consequence=f"Writes to `{relation.display}` also do what `{trigger.function}` does, for these tenants only."
        if trigger.firing is not Firing.DISABLED
        else "Nothing fires it until somebody enables it.",
        help="Write a migration that makes it, or remove it: "
        f"drop trigger {quoted(trigger.name)} on {sql_name(relation)};",
    )
