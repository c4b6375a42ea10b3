"""constraint-missing: the tenant lacks a key, foreign key, check or exclusion of the migrations."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import add_constraint
from pytest_errorbudget.checks.drift.constraints import described
from pytest_errorbudget.checks.drift.group import Group, sql_name
from pytest_errorbudget.model.difference import MissingConstraint
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import ConstraintKind


def constraint_missing(difference: MissingConstraint, group: Group) -> Finding:
    relation, constraint, unproven = difference.relation, difference.constraint, difference.unproven
    if unproven is not None and not unproven.validated:
        message = f"the {described(relation, constraint)} is NOT VALID in {group.text}: older rows may break it"
        help = f"alter table {sql_name(relation)} validate constraint {quoted(unproven.name)};"
    else:
        message = f"{group.text} {group.has} no {described(relation, constraint)}, which {group.basis} has"
        statement = None if constraint.kind is ConstraintKind.CHECK else add_constraint(relation, constraint)
        help = "Add it as the migration does." if statement is None else f"{statement.replace('public.', '')};"
    return group.finding(
        Rule.CONSTRAINT_MISSING,
        message=message,
        place=f"{relation.display}.{constraint.name}",
        origin=constraint.origin,
        label=f"`{constraint.name}` is made here",
        consequence=_CONSEQUENCES[constraint.kind],
        help=help,
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
