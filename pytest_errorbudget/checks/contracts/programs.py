"""Which crates are parts of one program: what one of them reads can reach the other's handlers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_errorbudget.model.contracts import Crate


@dataclass(frozen=True, slots=True)
class Programs:
    """Each service, or where there is none each crate, with all that it is built from."""

    parts: tuple[frozenset[str], ...]
    known: frozenset[str]

    def meet(self, one: str, other: str) -> bool:
        """Whether one program holds both; a crate of no program that was read may be part of any."""
        if one == other or not {one, other} <= self.known:
            return True
        return any(one in part and other in part for part in self.parts)


def built_from(crates: Iterable[Crate]) -> Mapping[str, frozenset[str]]:
    """Each crate's own name and those of all that it uses."""
    uses = {crate.name: crate.uses for crate in crates}
    return {name: _closure(name, uses) for name in uses}


def programs_of(crates: Iterable[Crate]) -> Programs:
    of = {crate.name: crate for crate in crates}
    uses = {name: crate.uses for name, crate in of.items()}
    services = [name for name, crate in of.items() if crate.service] or list(uses)
    parts = tuple(_closure(service, uses) for service in services)
    return Programs(parts, frozenset[str]().union(*parts))


def _closure(root: str, uses: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(uses.get(name, ()))
    return frozenset(seen)
