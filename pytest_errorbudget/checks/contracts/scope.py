"""Which tenants share which schema, and the items that stand for them.

Items exist per tenant while the listed tenants are few, and once for all of them beyond that; findings go to the same
items. Only the listed tenants decide (collection never connects), so both sides ask this file.
"""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.finding import Affected
from pytest_errorbudget.model.item import ItemId, handler_item, query_item, table_item, type_item
from pytest_errorbudget.model.schema import Schema

MAX_TENANT_ITEMS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantShape:
    """A distinct schema and the tenants that have it. ``digest`` is ``None`` for the newest replay of the migrations,
    which no tenant stands for."""

    digest: str | None
    schema: Schema
    tenants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One database: its listed tenants (the settings' order does not matter), the crates that read it (none named:
    all of them) and its distinct shapes. ``sharing`` are the tenants in schemas, which one connection switches
    between."""

    tenants: tuple[str, ...] = ()
    crates: tuple[str, ...] = ()
    shapes: tuple[TenantShape, ...] = ()
    sharing: tuple[str, ...] = ()

    def reads(self, crate: str) -> bool:
        return not self.crates or crate in self.crates

    @property
    def item_tenants(self) -> tuple[str | None, ...]:
        """The tenants that have items of their own, or the one ``None`` of items without a tenant."""
        if not 0 < len(self.tenants) <= MAX_TENANT_ITEMS:
            return (None,)
        return tuple(sorted(self.tenants))

    def affected(self, shape: TenantShape, subject: Subject) -> tuple[Affected, ...]:
        """The items of ``subject`` that a finding in ``shape`` fails. The replay alone stands for no tenant, but the
        items to fail are the listed tenants' own."""
        if not shape.tenants:
            return tuple(Affected(subject.item(tenant)) for tenant in self.item_tenants)
        own = frozenset(self.item_tenants)
        return tuple(Affected(subject.item(t if t in own else None), t) for t in sorted(shape.tenants))


@dataclass(frozen=True, slots=True, order=True)
class TypeSubject:
    path: str
    name: str

    def item(self, tenant: str | None) -> ItemId:
        return type_item(self.path, self.name, tenant)


@dataclass(frozen=True, slots=True, order=True)
class QuerySubject:
    path: str
    function: str
    ordinal: int

    def item(self, tenant: str | None) -> ItemId:
        return query_item(self.path, self.function, self.ordinal, tenant)


@dataclass(frozen=True, slots=True, order=True)
class HandlerSubject:
    path: str
    function: str

    def item(self, tenant: str | None) -> ItemId:
        return handler_item(self.path, self.function, tenant)


@dataclass(frozen=True, slots=True, order=True)
class TableSubject:
    """diesel's ``table!``, by the name of its Rust module."""

    path: str
    name: str

    def item(self, tenant: str | None) -> ItemId:
        return table_item(self.path, self.name, tenant)


Subject = TypeSubject | QuerySubject | HandlerSubject | TableSubject


def scope_of(
    database: DatabaseFacts, tenants: tuple[str, ...], crates: tuple[str, ...], sharing: tuple[str, ...] = ()
) -> Scope:
    """The scope of one database from its facts: the snapshot's shapes, and the newest replay, which the tenants are to
    have next (a migration that no tenant has yet is checked before it is merged)."""
    snapshot = database.snapshot
    if snapshot is None:
        return Scope(tenants=tenants, crates=crates, shapes=_replayed(database), sharing=sharing)
    shapes = tuple(
        TenantShape(
            digest=shape.digest,
            schema=shape.schema,
            tenants=tuple(sorted(state.tenant for state in snapshot.tenants if state.shape == shape.digest)),
        )
        for shape in snapshot.shapes
    )
    live = tuple(shape for shape in shapes if shape.tenants)
    complete = database.replay is not None and database.replay.failure is None
    replayed = _replayed(database) if complete or not live else ()
    return Scope(tenants=tenants, crates=crates, shapes=(*live, *replayed), sharing=sharing)


def _replayed(database: DatabaseFacts) -> tuple[TenantShape, ...]:
    if database.replay is not None and database.replay.versions:
        return (TenantShape(digest=None, schema=database.replay.newest),)
    if database.static is not None:
        return (TenantShape(digest=None, schema=database.static.schema),)
    return ()
