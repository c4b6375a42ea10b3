"""Tables whose columns stand in another order are made anew: ``select *`` gives them in that order.

The statement runs after ``mending``, when the tables are empty and have the right columns.
"""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.checks.mending import mending
from pytest_errorbudget.checks.set_aside import PUT_BACK, SET_ASIDE
from pytest_errorbudget.model.difference import MissingTable, UnexpectedTable
from pytest_errorbudget.model.schema import ConstraintKind, Relation, RelationKind, Schema


def reordering(expected: Schema, actual: Schema) -> tuple[str, ...]:
    """One statement, or none. A table on which more rests than can be made again keeps its order: its queries are still
    typed, and only what is read by position is compared with less."""
    tables = [
        (before, after)
        for after in actual.relations
        if (before := expected.relation(after.schema, after.name)) is not None
        and before.kind is after.kind is RelationKind.TABLE
        and _mended_order(before, after) != _names(after)
    ]
    if not tables:
        return ()
    anew = mending([change for old, new in tables for change in (MissingTable(old), UnexpectedTable(_bare(new)))])
    steps = "\n".join(f"    execute $step${statement}$step$;" for statement in (SET_ASIDE, *anew, PUT_BACK))
    return (f"do $reordering$\nbegin\n{steps}\nexception when others then\n    null;\nend $reordering$",)


def _bare(relation: Relation) -> Relation:
    """Without the checks and the indexes with expressions or predicates: they are put back as PostgreSQL has them."""
    names = set(_names(relation))
    plain = tuple(index for index in relation.indexes if not index.partial and names.issuperset(index.columns))
    keys = tuple(each for each in relation.constraints if each.kind is not ConstraintKind.CHECK)
    return replace(relation, indexes=plain, constraints=keys)


def _mended_order(before: Relation, after: Relation) -> tuple[str, ...]:
    """Columns that are kept stay where they are, and new ones come last."""
    kept = tuple(name for name in _names(before) if after.column(name) is not None)
    return (*kept, *(name for name in _names(after) if before.column(name) is None))


def _names(relation: Relation) -> tuple[str, ...]:
    return tuple(column.name for column in relation.columns)
