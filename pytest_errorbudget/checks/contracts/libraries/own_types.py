"""The services' own types, by the names that a crate gives them, and the schema's own types beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.rust import Attribute, RustEnum, Struct
from pytest_errorbudget.model.schema import CompositeType, Domain, EnumType, Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTypes:
    """``structs`` and ``enums`` of all services by last name, as ``crate`` names them: its own, and those of other
    crates where it has none. ``within`` are the crates that each is built from: a type of another one is not what it
    names. ``schema`` is the shape's."""

    structs: Mapping[str, tuple[Struct, ...]] = field(default_factory=dict)
    enums: Mapping[str, tuple[RustEnum, ...]] = field(default_factory=dict)
    crate: str = ""
    within: Mapping[str, frozenset[str]] = field(default_factory=dict)
    schema: Schema = field(default_factory=Schema)

    def named(self, name: str) -> tuple[Struct | RustEnum, ...]:
        """What a name may mean: several where it is not sure."""
        every: tuple[Struct | RustEnum, ...] = (*self.structs.get(name, ()), *self.enums.get(name, ()))
        near = self.within.get(self.crate)
        found = every if near is None else tuple(each for each in every if each.crate in near)
        return tuple(each for each in found if each.crate == self.crate) or found

    def domain(self, pg: PgType) -> Domain | None:
        """The domain of a type or of an array's elements."""
        return next((d for d in self.schema.domains if (d.schema, d.name) == (pg.schema, pg.name)), None)

    def composite(self, pg: PgType) -> CompositeType | None:
        """The database's composite type, or that of an array's elements."""
        return next((c for c in self.schema.composites if (c.schema, c.name) == (pg.schema, pg.name)), None)

    def enum(self, pg: PgType) -> EnumType | None:
        """The database's enum of a type or of an array's elements."""
        return next((e for e in self.schema.enums if (e.schema, e.name) == (pg.schema, pg.name)), None)


def derives(item: Struct | RustEnum, *names: str) -> bool:
    """Whether one of the derives has one of these last names."""
    return any(derive.rpartition("::")[2] in names for derive in item.derives)


def value_of(attributes: Iterable[Attribute], library: str, name: str) -> str | None:
    """The value of an attribute, ``""`` for a bare word, ``None`` where it is not there."""
    return next((a.value or "" for a in attributes if (a.library, a.name) == (library, name)), None)
