"""trigger-missing: the tenant has no trigger that does what one of the migrations' does, or does not fire it."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group, sql_name
from pytest_errorbudget.model.difference import MissingTrigger
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Firing, Relation, Trigger

_FIRING = {
    Firing.ORIGIN: "enabled",
    Firing.DISABLED: "disabled",
    Firing.REPLICA: "fired on a replica only",
    Firing.ALWAYS: "fired on a replica too",
}
_VERBS = {
    Firing.ORIGIN: "enable",
    Firing.DISABLED: "disable",
    Firing.REPLICA: "enable replica",
    Firing.ALWAYS: "enable always",
}


def trigger_missing(difference: MissingTrigger, group: Group) -> Finding:
    relation, trigger, instead = difference.relation, difference.trigger, difference.instead
    what = f"trigger `{trigger.name}` on `{relation.display}`"
    return group.finding(
        Rule.TRIGGER_MISSING,
        message=_message(what, trigger, instead, group),
        place=f"{relation.display}.{trigger.name}",
        origin=trigger.origin,
        label=f"`{trigger.name}` is made here",
        consequence=f"Rows of `{relation.display}` are written without what `{trigger.function}` does for others.",
        help=_help(relation, trigger, instead),
    )


def _message(what: str, trigger: Trigger, instead: Trigger | None, group: Group) -> str:
    if instead is None:
        return f"{group.text} {group.has} no {what}, which {group.basis} has"
    if instead.firing is not trigger.firing:
        return (
            f"the {what} is {_FIRING[instead.firing]} in {group.text}, and {_FIRING[trigger.firing]} in {group.basis}"
        )
    return f"the {what} is `{instead.definition}` in {group.text}, and `{trigger.definition}` in {group.basis}"


def _help(relation: Relation, trigger: Trigger, instead: Trigger | None) -> str:
    if instead is not None and instead.definition == trigger.definition:
        return f"alter table {sql_name(relation)} {_VERBS[trigger.firing]} trigger {quoted(trigger.name)};"
    return "Make it as the migration does." if instead is None else "Drop it and make it as the migration does."
