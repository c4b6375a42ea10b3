"""column-type, for a domain: the type behind the columns that use it."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import create_domain
from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.difference import DomainDiffers
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Domain


def _described(domain: Domain | None) -> str:
    if domain is None:
        return "missing"
    rules = "".join(f" check {check}" for check in domain.checks)
    default = "" if domain.default is None else f" default {domain.default}"
    return f"`{domain.base}{default}{rules}`{' not null' if domain.not_null else ''}"


def domain_type(difference: DomainDiffers, group: Group) -> Finding:
    expected, actual = difference.expected, difference.actual
    name = expected.name if expected else actual.name if actual else ""
    return group.finding(
        Rule.COLUMN_TYPE,
        message=f"the domain `{name}` is {_described(actual)} in {group.text}, "
        f"and {_described(expected)} in {group.basis}",
        place=name,
        origin=expected.origin if expected else None,
        label=f"the domain `{name}` is made here",
        consequence="Columns of this domain hold other values than the migrations allow.",
        help=f"{create_domain(expected)};"
        if expected and not actual and not expected.checks
        else "Make the domain as the migrations do.",
    )
