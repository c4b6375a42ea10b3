"""How messages speak of a policy."""

from __future__ import annotations

from pytest_errorbudget.model.schema import Policy


def described(policy: Policy) -> str:
    """``permissive for all using `(a > 0)```"""
    using = "" if policy.using is None else f" using `{policy.using}`"
    check = "" if policy.check is None else f" with check `{policy.check}`"
    return f"{'permissive' if policy.permissive else 'restrictive'} for {policy.command.value}{using}{check}"
