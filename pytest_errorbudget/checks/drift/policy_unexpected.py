"""policy-unexpected: the tenant has a row-level-security policy that no migration makes."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group, sql_name
from pytest_errorbudget.checks.drift.policies import described
from pytest_errorbudget.model.difference import UnexpectedPolicy
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule


def policy_unexpected(difference: UnexpectedPolicy, group: Group) -> Finding:
    relation, policy = difference.relation, difference.policy
    return group.finding(
        Rule.POLICY_UNEXPECTED,
        message=f"{group.text} {group.has} a policy `{policy.name}` on `{relation.display}` ({described(policy)}) that "
        f"{group.basis} does not have",
        place=f"{relation.display}.{policy.name}",
        origin=difference.origin,
        label=f"`{relation.display}` is made here",
        consequence="It lets rows through that other tenants' policies hide, where row-level security is enabled."
        if policy.permissive
        else "It hides rows that other tenants' policies let through, where row-level security is enabled.",
        help="Write a migration that makes it, or remove it: "
        f"drop policy {quoted(policy.name)} on {sql_name(relation)};",
    )
