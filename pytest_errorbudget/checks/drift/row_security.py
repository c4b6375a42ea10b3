"""row-security: row-level security is not enabled, or not forced, as in the migrations."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group, sql_name
from pytest_errorbudget.model.difference import RowSecurityDiffers
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import RowSecurity


def _described(security: RowSecurity) -> str:
    if not security.enabled:
        return "disabled"
    return "enabled (for the owner too)" if security.forced else "enabled (not for the owner)"


def _consequence(expected: RowSecurity, actual: RowSecurity) -> str:
    if actual.enabled and not expected.enabled:
        return (
            "Queries lose every row that no policy lets through, without an error; writing such rows fails with 42501."
        )
    if expected.enabled and not actual.enabled:
        return "Policies hide nothing: every role with a right on the table sees and changes all of its rows."
    if expected.forced and not actual.forced:
        return "The policies do not hold for the table's owner: a service that connects as the owner sees every row."
    return "The policies hold for the table's owner too: a service that connects as the owner loses rows."


def _statements(expected: RowSecurity, actual: RowSecurity) -> str:
    parts = []
    if expected.enabled != actual.enabled:
        parts.append(f"{'enable' if expected.enabled else 'disable'} row level security")
    if expected.forced != actual.forced:
        parts.append(f"{'force' if expected.forced else 'no force'} row level security")
    return ", ".join(parts)


def row_security(difference: RowSecurityDiffers, group: Group) -> Finding:
    relation = difference.relation
    expected, actual = relation.row_security, difference.actual.row_security
    since = expected.origin
    return group.finding(
        Rule.ROW_SECURITY,
        message=f"row-level security of `{relation.display}` is {_described(actual)} in {group.text}, and "
        f"{_described(expected)} in {group.basis}",
        place=f"{relation.display}",
        origin=since or relation.origin,
        label=f"it is {_described(expected)} since here" if since else f"`{relation.display}` is made here",
        consequence=_consequence(expected, actual),
        help=f"alter table {sql_name(relation)} {_statements(expected, actual)};",
    )
