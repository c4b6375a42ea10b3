"""constraint-missing: the tenant lacks a key, foreign key, check or exclusion of the migrations."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import add_constraint
from pytest_errorbudget.checks.drift.constraints import described
from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.difference import MissingConstraint
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import ConstraintKind


def constraint_missing(difference: MissingConstraint, group: Group) -> Finding:
    relation, constraint = difference.relation, difference.constraint
    statement = None if constraint.kind is ConstraintKind.CHECK else add_constraint(relation, constraint)
    return group.finding(
        Rule.CONSTRAINT_MISSING,
        message=f"{group.text} {group.has} no {described(relation, constraint)}, which {group.basis} has",
        place=f"{relation.display}.{constraint.name}",
        origin=constraint.origin,
        label=f"`{constraint.name}` is made here",
        consequence=_CONSEQUENCES[constraint.kind],
        help="Add it as the migration does." if statement is None else f"{statement.replace('public.', '')};",
    )


_UPSERT = "Duplicates are accepted, and `on conflict` on these columns fails with 42P10."
_CONSEQUENCES = {
    ConstraintKind.PRIMARY_KEY: _UPSERT,
    ConstraintKind.UNIQUE: _UPSERT,
    ConstraintKind.FOREIGN_KEY: "Rows may point at nothing: a join loses them without an error.",
    ConstraintKind.CHECK: "Values are stored that the service takes to be impossible.",
    ConstraintKind.EXCLUDE: "Rows are stored that the service takes to be impossible.",
    ConstraintKind.NOT_NULL: "NULLs are stored that the service takes to be impossible.",
}
