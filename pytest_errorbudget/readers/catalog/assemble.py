"""Relations and types of the schemas as ``Schema`` values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from pytest_errorbudget.model.schema import CompositeField, CompositeType, Domain, EnumType, Relation, Schema
from pytest_errorbudget.readers.catalog.types import TypeRow, Types

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class DomainRules:
    """The checks of a domain, sorted, and its default, in their normal forms."""

    checks: tuple[str, ...] = ()
    default: str | None = None


Domains = Mapping[int, DomainRules]
_FREE = DomainRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFacts:
    """The types of a database, the labels of its enums, the rules of its domains and the members of its composite
    types, as ``sql/types.sql``, ``sql/enums.sql``, ``sql/domains.sql`` and ``sql/composites.sql`` give them.

    ``neutral`` maps a tenant's schema to the name under which the migrations create it.
    """

    types: Types
    enums: Sequence[Row]
    domains: Sequence[Row]
    composites: Sequence[Row]
    neutral: Mapping[str, str]

    @classmethod
    def of(
        cls,
        types: Iterable[Row],
        enums: Sequence[Row],
        domains: Sequence[Row],
        composites: Sequence[Row],
        *,
        neutral: Mapping[str, str],
    ) -> TypeFacts:
        known = Types((TypeRow(*row) for row in types), neutral)
        return cls(types=known, enums=enums, domains=domains, composites=composites, neutral=neutral)


def assembled(members: Mapping[str, Sequence[Relation]], facts: TypeFacts, domains: Domains) -> Mapping[str, Schema]:
    """A ``Schema`` per schema. Equal ones become one object, so that equal tenants cost little."""
    own_enums, own_domains = _enums(facts), _domains(facts, domains)
    own_composites = _composites(facts)
    known: dict[tuple[Any, ...], Schema] = {}
    sorted_ = {id(relations): sorted(relations, key=attrgetter("name")) for relations in members.values()}
    result = {}
    for schema, relations in members.items():
        found = sorted_[id(relations)]
        own = (own_enums.get(schema, ()), own_domains.get(schema, ()), own_composites.get(schema, ()))
        parts = (tuple(own[0]), tuple(own[1]), tuple(own[2]))
        key = (tuple(map(id, found)), *parts)  # equal relations are one object
        if key not in known:
            known[key] = Schema(relations=tuple(found), enums=parts[0], domains=parts[1], composites=parts[2])
        result[schema] = known[key]
    return result


def _enums(facts: TypeFacts) -> Mapping[str, list[EnumType]]:
    labels: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for _, oid, label, name, schema in facts.enums:
        if facts.types.is_brought(oid):
            continue
        labels[schema, name] += [] if label is None else [label]
    found: defaultdict[str, list[EnumType]] = defaultdict(list)
    for (schema, name), values in sorted(labels.items()):
        neutral = facts.neutral.get(schema, schema)
        found[schema].append(EnumType(schema=neutral, name=name, labels=tuple(values)))
    return found


def _composites(facts: TypeFacts) -> Mapping[str, list[CompositeType]]:
    fields: defaultdict[tuple[str, str], list[CompositeField]] = defaultdict(list)
    for schema, name, member, oid, typmod in facts.composites:
        fields[schema, name] += [] if member is None else [CompositeField(member, facts.types.type(oid, typmod))]
    found: defaultdict[str, list[CompositeType]] = defaultdict(list)
    for (schema, name), members in sorted(fields.items()):
        neutral = facts.neutral.get(schema, schema)
        found[schema].append(CompositeType(schema=neutral, name=name, fields=tuple(members)))
    return found


def _domains(facts: TypeFacts, domains: Domains) -> Mapping[str, list[Domain]]:
    found: defaultdict[str, list[Domain]] = defaultdict(list)
    for row in sorted(facts.types.domains(), key=lambda row: (row.schema, row.name)):
        resolved = facts.types.resolved(row.oid, -1)
        found[row.schema].append(
            Domain(
                schema=facts.neutral.get(row.schema, row.schema),
                name=row.name,
                base=resolved.base or resolved.type,
                not_null=resolved.not_null,
                checks=domains.get(row.oid, _FREE).checks,
                default=domains.get(row.oid, _FREE).default,
            )
        )
    return found
