"""A replay in which every relation and type is held once: most versions change one table of a hundred."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pytest_errorbudget.model.migration import MigrationFailure, Opaque, RealReplay, ReplayedVersion
from pytest_errorbudget.model.schema import CompositeType, Domain, EnumType, Relation, Schema

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedVersion:
    """A schema by the positions of its parts."""

    version: str
    path: str | None
    relations: tuple[int, ...]
    enums: tuple[int, ...]
    domains: tuple[int, ...]
    composites: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedReplay:
    """A ``RealReplay`` whose versions share their parts."""

    server_version: int
    relations: tuple[Relation, ...]
    enums: tuple[EnumType, ...]
    domains: tuple[Domain, ...]
    composites: tuple[CompositeType, ...]
    versions: tuple[PackedVersion, ...]
    failure: MigrationFailure | None
    changed: tuple[Opaque, ...]


@dataclass
class _Parts(Generic[T]):
    """Objects in the order in which they came, each once; equal ones with other origins are other objects."""

    parts: list[T] = field(default_factory=list)
    positions: dict[int, int] = field(default_factory=dict)

    def positions_of(self, parts: tuple[T, ...]) -> tuple[int, ...]:
        return tuple(self._position(part) for part in parts)

    def _position(self, part: T) -> int:
        position = self.positions.setdefault(id(part), len(self.parts))
        if position == len(self.parts):
            self.parts.append(part)
        return position


def packed(replay: RealReplay) -> PackedReplay:
    """The same replay with its parts apart."""
    relations, enums, domains = _Parts[Relation](), _Parts[EnumType](), _Parts[Domain]()
    composites = _Parts[CompositeType]()
    versions = tuple(
        PackedVersion(
            version=each.version,
            path=each.path,
            relations=relations.positions_of(each.schema.relations),
            enums=enums.positions_of(each.schema.enums),
            domains=domains.positions_of(each.schema.domains),
            composites=composites.positions_of(each.schema.composites),
        )
        for each in replay.versions
    )
    return PackedReplay(
        server_version=replay.server_version,
        relations=tuple(relations.parts),
        enums=tuple(enums.parts),
        domains=tuple(domains.parts),
        composites=tuple(composites.parts),
        versions=versions,
        failure=replay.failure,
        changed=replay.changed,
    )


def unpacked(replay: PackedReplay) -> RealReplay:
    """The replay that was packed."""
    return RealReplay(
        server_version=replay.server_version,
        versions=tuple(
            ReplayedVersion(
                version=each.version,
                path=each.path,
                schema=Schema(
                    relations=tuple(replay.relations[position] for position in each.relations),
                    enums=tuple(replay.enums[position] for position in each.enums),
                    domains=tuple(replay.domains[position] for position in each.domains),
                    composites=tuple(replay.composites[position] for position in each.composites),
                ),
            )
            for each in replay.versions
        ),
        failure=replay.failure,
        changed=replay.changed,
    )
