"""The two replays must agree: whatever the static one claims, PostgreSQL must have built.

Only what is claimed is compared: not a relation that an opaque statement may have touched, nor one that only PostgreSQL
knows (a DO block made it), nor the type of a column that the static replay leaves open, nor the bookkeeping table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_errorbudget.checks.agreement_facts import composite_differences, enum_differences, relation_differences
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import migration_item
from pytest_errorbudget.model.migration import StaticReplay
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.source import Span

BOOKKEEPING = frozenset(
    {
        *("_sqlx_migrations", "__diesel_schema_migrations", "refinery_schema_history", "schema_migrations"),
        *("flyway_schema_history", "goose_db_version", "seaql_migrations"),
    }
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact on which the replays differ; ``origin`` is the line that the static replay has it from."""

    place: str
    claimed: str
    built: str
    origin: Span | None


def disagreements(static: StaticReplay, real: Schema) -> tuple[Finding, ...]:
    """A finding for every fact of the static replay that PostgreSQL's schema does not bear out."""
    return tuple(_finding(d) for d in _differences(static, real) if d.origin is not None)


def _differences(static: StaticReplay, real: Schema) -> Iterator[Difference]:
    built = {(relation.schema, relation.name): relation for relation in real.relations}
    enums = {(enum.schema, enum.name): enum for enum in real.enums}
    for relation in static.schema.relations:
        if relation.name not in BOOKKEEPING:
            real_one = built.get((relation.schema, relation.name))
            for place, claimed, found, origin in relation_differences(relation, real_one):
                yield Difference(place, claimed, found, origin or relation.origin)
    for enum in static.schema.enums:
        for place, claimed, found, origin in enum_differences(enum, enums.get((enum.schema, enum.name))):
            yield Difference(place, claimed, found, origin)
    composites = {(composite.schema, composite.name): composite for composite in real.composites}
    for composite in static.schema.composites:
        built_one = composites.get((composite.schema, composite.name))
        for place, claimed, found, origin in composite_differences(composite, built_one):
            yield Difference(place, claimed, found, origin)


def _finding(difference: Difference) -> Finding:
    origin = difference.origin
    if origin is None:
        raise AssertionError("every fact of the static replay has an origin")
    return Finding(
        rule=Rule.REPLAY_DISAGREES,
        severity=Rule.REPLAY_DISAGREES.severity,
        message=(
            f"the two replays of the migrations disagree on `{difference.place}`: "
            f"read without a database it is {difference.claimed}, in PostgreSQL it is {difference.built}"
        ),
        place=difference.place,
        affected=(Affected(migration_item(origin.path)),),
        labels=(Label(origin, f"read as {difference.claimed}"),),
        consequence=(
            "PostgreSQL's own answer is used for every comparison, but the line shown for this object may not be "
            "the one that made it so."
        ),
        help="This is a fault of the static reader: please report it with the statement that is marked here.",
    )
