"""policy-missing: the tenant lacks a row-level-security policy of the migrations, or has it in another form."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.checks.drift.policies import described
from pytest_errorbudget.model.difference import MissingPolicy
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule


def policy_missing(difference: MissingPolicy, group: Group) -> Finding:
    relation, policy, instead = difference.relation, difference.policy, difference.instead
    what = f"policy `{policy.name}` on `{relation.display}`"
    message = (
        f"{group.text} {group.has} no {what}, which {group.basis} has"
        if instead is None
        else f"the {what} is {described(instead)} in {group.text}, and {described(policy)} in {group.basis}"
    )
    return group.finding(
        Rule.POLICY_MISSING,
        message=message,
        place=f"{relation.display}.{policy.name}",
        origin=policy.origin,
        label=f"`{policy.name}` is made here",
        consequence="Rows that it lets through are hidden, and writing them fails with 42501, where row-level security "
        "is enabled."
        if policy.permissive
        else "Rows that it hides are seen and changed, where row-level security is enabled.",
        help="Make it as the migration does." if instead is None else "Drop it and make it as the migration does.",
    )
