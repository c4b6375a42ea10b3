"""sea-orm's entities against their tables: what sea-orm itself selects into a ``Model``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.sea_orm import SEA_ORM
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.reads_sea_orm import entity_reads, is_entity, relation_of, table_of
from pytest_errorbudget.checks.contracts.scope import TenantShape, TypeSubject
from pytest_errorbudget.checks.contracts.view import View, reference
from pytest_errorbudget.model.finding import Label
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import Struct
from pytest_errorbudget.model.schema import Relation


def entities_of(view: View) -> tuple[Struct, ...]:
    """The entities of the scope's crates."""
    return tuple(s for s in view.contracts.structs if is_entity(s) and view.scope.reads(s.crate))


def of_entities(shape: TenantShape, view: View) -> Iterator[Read | Draft | Unchecked]:
    """The reads of every entity; a missing table and missing columns are said at once."""
    by_crate: defaultdict[str, list[tuple[Struct, Relation | None]]] = defaultdict(list)
    for struct in entities_of(view):
        by_crate[struct.crate].append((struct, relation_of(struct, shape.schema)))
    for crate, found in by_crate.items():
        known = sum(relation is not None for _, relation in found)
        if 2 * known <= len(found) and not (known and len(found) == 1):
            reason = f"most entities of `{crate}` are not in this database"
            yield Unchecked("table-declaration", found[0][0].span.path, reason, found[0][0].span)
            continue
        for struct, relation in found:
            if relation is None:
                yield _no_table(struct)
                continue
            for read in entity_reads(struct, relation):
                missing = isinstance(read, Read) and read.column is None
                yield _no_column(read, struct, relation) if isinstance(read, Read) and missing else read


def _no_table(struct: Struct) -> Draft:
    place = f"{struct.span.path}::{struct.name}"
    text = f"the entity `{place.rpartition('/')[2]}` stands for `{table_of(struct)}`, and there is no such table"
    return _draft(struct, place, text, Label(struct.span, "no such table"), "42P01", "add the table in a migration")


def _no_column(read: Read, struct: Struct, relation: Relation) -> Draft:
    name = read.field.name if read.field is not None else str(read.asked)
    text = f"the entity of `{relation.display}` has the column `{read.asked}`, which the table does not have"
    label = Label(read.span or struct.span, f"`{relation.display}` has no column `{read.asked}`")
    place = f"{struct.span.path}::{struct.name}.{name}"
    return _draft(struct, place, text, label, "42703", "add the column in a migration, or remove the field")


def _draft(struct: Struct, place: str, text: str, label: Label, sqlstate: str, help: str) -> Draft:
    ref = reference(struct)
    return Draft(
        rule=Rule.TABLE_DECLARATION_STALE,
        severity=Rule.TABLE_DECLARATION_STALE.severity,
        place=place,
        text=text,
        subjects=(TypeSubject(ref.path, ref.name),),
        labels=(label,),
        consequence=f"sea-orm names every column of an entity: each `find` fails at run time with {SEA_ORM.database} "
        f"(SQLSTATE {sqlstate}), so a 500 where a handler passes it on.",
        help=help,
    )
