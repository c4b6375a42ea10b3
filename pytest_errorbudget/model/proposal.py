"""Settings to begin with, as a repository suggests them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedDatabase:
    """A folder of migrations, relative to the root, and the services that probably use it; ``shared`` are folders of
    what its tenants share."""

    name: str
    migrations: str
    services: tuple[str, ...]
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``manifest`` is ``None`` where there is no Cargo workspace."""

    manifest: str | None
    services: tuple[str, ...]
    databases: tuple[ProposedDatabase, ...]
