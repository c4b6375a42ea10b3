"""What makes one schema of another, exactly: parts to take away and parts to put in, each named.

Unlike ``model.difference`` it leaves nothing out: order of columns, names of indexes, partitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from pytest_errorbudget.model.schema import (
    Column,
    CompositeType,
    Constraint,
    Domain,
    EnumType,
    Index,
    Policy,
    Relation,
    RowSecurity,
    Schema,
    Trigger,
)

Part = Relation | Column | Index | Constraint | Trigger | Policy | RowSecurity | EnumType | Domain | CompositeType
Place = tuple[str, ...]
_Named = TypeVar("_Named", Column, Index, Constraint, Trigger, Policy)
_Top = TypeVar("_Top", Relation, EnumType, Domain, CompositeType)

KINDS: Mapping[str, type[Part]] = {
    "column": Column,
    "composite": CompositeType,
    "constraint": Constraint,
    "domain": Domain,
    "enum": EnumType,
    "index": Index,
    "policy": Policy,
    "relation": Relation,
    "row-security": RowSecurity,
    "trigger": Trigger,
}


@dataclass(frozen=True, slots=True)
class Put:
    """A part that comes, or takes the place of the one of its name. ``place`` is its kind and the names of what holds
    it: ``("column", "public", "invoices")``, ``("relation", "public")``."""

    place: Place
    part: Part


@dataclass(frozen=True, slots=True)
class Patch:
    """``less`` are kinds and full names: ``("index", "public", "payments", "payments_idx")``."""

    less: tuple[Place, ...] = ()
    more: tuple[Put, ...] = ()


def patch(base: Schema, wanted: Schema) -> Patch:
    """``patched(base, patch(base, wanted)) == wanted`` for schemas that are sorted as ``Schema`` says."""
    steps = (
        *_steps("relation", base.relations, wanted.relations, _relation_steps),
        *_steps("enum", base.enums, wanted.enums, _replaced),
        *_steps("domain", base.domains, wanted.domains, _replaced),
        *_steps("composite", base.composites, wanted.composites, _replaced),
    )
    less = tuple(step for step in steps if not isinstance(step, Put))
    return Patch(less, tuple(step for step in steps if isinstance(step, Put)))


def patched(base: Schema, patch: Patch) -> Schema:
    """``base`` with the patch applied: relations and types sorted by schema and name."""
    return Schema(
        relations=_top("relation", tuple(_mended(r, patch) for r in base.relations), patch, Relation),
        enums=_top("enum", base.enums, patch, EnumType),
        domains=_top("domain", base.domains, patch, Domain),
        composites=_top("composite", base.composites, patch, CompositeType),
    )


def _place(*names: str) -> Place:
    return names


def _steps(
    kind: str, old: tuple[_Top, ...], new: tuple[_Top, ...], changed: Callable[[_Top, _Top], Iterator[Place | Put]]
) -> Iterator[Place | Put]:
    known = {(part.schema, part.name): part for part in old}
    kept = {(part.schema, part.name) for part in new}
    yield from (_place(kind, *name) for name in known if name not in kept)
    for part in new:
        before = known.get((part.schema, part.name))
        if before is None:
            yield Put((kind, part.schema), part)
        elif before != part:
            yield from changed(before, part)


def _replaced(_: object, new: EnumType | Domain | CompositeType) -> Iterator[Place | Put]:
    kind = next(kind for kind, of in KINDS.items() if isinstance(new, of))
    yield Put((kind, new.schema), new)


def _relation_steps(old: Relation, new: Relation) -> Iterator[Place | Put]:
    """Column by column where that gives the same; else (another kind, another order) the relation as a whole."""
    steps = (
        *_member_steps("column", new, old.columns, new.columns),
        *_member_steps("index", new, old.indexes, new.indexes),
        *_member_steps("constraint", new, old.constraints, new.constraints),
        *_member_steps("trigger", new, old.triggers, new.triggers),
        *_member_steps("policy", new, old.policies, new.policies),
        *_security_steps(old, new),
    )
    made = Patch(
        tuple(step for step in steps if not isinstance(step, Put)),
        tuple(step for step in steps if isinstance(step, Put)),
    )
    yield from steps if _mended(old, made) == new else (Put(("relation", new.schema), new),)


def _member_steps(
    kind: str, relation: Relation, old: tuple[_Named, ...], new: tuple[_Named, ...]
) -> Iterator[Place | Put]:
    place = (kind, relation.schema, relation.name)
    known = {part.name: part for part in old}
    kept = {part.name for part in new}
    yield from (_place(*place, name) for name in known if name not in kept)
    yield from (Put(place, part) for part in new if known.get(part.name) != part)


def _security_steps(old: Relation, new: Relation) -> Iterator[Put]:
    if old.row_security != new.row_security:
        yield Put(("row-security", new.schema, new.name), new.row_security)


def _mended(relation: Relation, patch: Patch) -> Relation:
    return replace(
        relation,
        columns=_members("column", relation, relation.columns, patch, Column),
        indexes=_by_name(_members("index", relation, relation.indexes, patch, Index)),
        constraints=_by_name(_members("constraint", relation, relation.constraints, patch, Constraint)),
        triggers=_by_name(_members("trigger", relation, relation.triggers, patch, Trigger)),
        policies=_by_name(_members("policy", relation, relation.policies, patch, Policy)),
        row_security=_security(relation, patch),
    )


def _security(relation: Relation, patch: Patch) -> RowSecurity:
    place = ("row-security", relation.schema, relation.name)
    found = (s.part for s in patch.more if s.place == place and isinstance(s.part, RowSecurity))
    return next(found, relation.row_security)


def _members(
    kind: str, relation: Relation, old: tuple[_Named, ...], patch: Patch, of: type[_Named]
) -> tuple[_Named, ...]:
    """A part that takes another's place stands where that one stood; one that comes stands at the end."""
    place = (kind, relation.schema, relation.name)
    put = {s.part.name: s.part for s in patch.more if s.place == place and isinstance(s.part, of)}
    gone = {names[-1] for names in patch.less if names[:-1] == place}
    parts = {part.name: part for part in old if part.name not in gone} | put
    return tuple(parts.values())


def _by_name(parts: tuple[_Named, ...]) -> tuple[_Named, ...]:
    return tuple(sorted(parts, key=lambda part: part.name))


def _top(kind: str, old: tuple[_Top, ...], patch: Patch, of: type[_Top]) -> tuple[_Top, ...]:
    put = {(s.part.schema, s.part.name): s.part for s in patch.more if s.place[0] == kind and isinstance(s.part, of)}
    parts = {(part.schema, part.name): part for part in old} | put
    return tuple(parts[name] for name in sorted(parts) if _place(kind, *name) not in patch.less)
