"""How messages speak of a constraint."""

from __future__ import annotations

from pytest_errorbudget.model.schema import Constraint, Relation


def described(relation: Relation, constraint: Constraint) -> str:
    columns = f" ({', '.join(constraint.columns)})" if constraint.columns else ""
    target = ""
    if constraint.references is not None:
        far = constraint.references
        name = far.relation if far.schema == "public" else f"{far.schema}.{far.relation}"
        target = f" to `{name}` ({', '.join(far.columns)})"
    return f"{constraint.kind.value} `{constraint.name}` on `{relation.display}`{columns}{target}"
