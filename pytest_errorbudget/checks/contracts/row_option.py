"""``row-option``: a field is an ``Option``, and no query that fills it ever gives NULL, in any tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import Nullness
from pytest_errorbudget.checks.contracts.places import shown_type
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import read_labels, read_name, read_subjects, shown_output
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import StructRef


def row_option(seen: Iterable[tuple[TenantShape, Read]], view: View) -> Iterator[tuple[TenantShape, Draft]]:
    """``seen`` are the reads of every query in every shape: one that may be NULL is reason enough."""
    of_field: defaultdict[tuple[str, str], list[tuple[TenantShape, Read]]] = defaultdict(list)
    for shape, read in seen:
        if read.field is not None and read.field.type.is_option and read.owner is not None:
            of_field[read.place, read.field.name].append((shape, read))
    unsure = _unsure(view)
    for found in of_field.values():
        if all(_never_null(read, unsure) for _, read in found):
            for shape, read in found:
                yield shape, _draft(read, shape, view)


def _never_null(read: Read, unsure: frozenset[StructRef]) -> bool:
    marked = read.override is not None and read.override.nullness is not Nullness.INFERRED
    outer = read.outer
    known = outer is not None and StructRef(outer.span.path, outer.name) not in unsure
    return known and not marked and read.column is not None and read.column.nullable is False


def _unsure(view: View) -> frozenset[StructRef]:
    """Row structs that a query fills of which a shape does not say what it gives."""
    return frozenset(
        query.target
        for query in view.contracts.queries
        if query.target is not None
        and (not view.scope.reads(query.crate) or any(not isinstance(s.verdict(query), Typed) for s in view.shapes))
    )


def _draft(read: Read, shape: TenantShape, view: View) -> Draft:
    column = read.column
    shown = shown_output(read, column, view) if column is not None else "its column"
    inner = shown_type(read.field.type.inner) if read.field is not None else "_"
    return Draft(
        rule=Rule.ROW_OPTION,
        severity=Rule.ROW_OPTION.severity,
        place=read.place,
        text=f"{read_name(read)} is an `Option`, but {shown} is never NULL",
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, "never `None`"),
        consequence="Nothing fails: the code handles a `None` that no row gives.",
        help=f"make it `{inner}`, unless the column is to become nullable",
    )
