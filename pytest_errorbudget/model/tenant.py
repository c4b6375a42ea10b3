"""Tenants, and where their data lives."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True)
class InSchema:
    """The tenant's tables are in a schema of their own."""

    schema: str


@dataclass(frozen=True, slots=True)
class InPartition:
    """The tenant's rows are in the partitions that hold ``value`` of the tenant key.

    ``tables`` are the partitioned tables, with their schema where it is not the migrations' own; where none are
    listed, they are all tables that are partitioned by ``key``.
    """

    key: str
    value: str
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InDatabase:
    """The tenant has a database of its own, reached by ``url`` (as the settings write it, ``env:NAME``)."""

    url: str


Layout = InSchema | InPartition | InDatabase


@dataclass(frozen=True, slots=True)
class Tenant:
    """A customer's partition of the data.

    ``name`` is what node ids call it: the customer's name, behind the database's where several databases hold
    tenants (``core/acme-prod``). ``customer`` is what people, events and cohorts call it. ``span`` is where the
    settings list it, ``None`` where they do not (a pattern found it).
    """

    name: str
    database: str
    cohort: str | None
    layout: Layout
    span: Span | None = field(default=None, compare=False)

    @property
    def customer(self) -> str:
        return self.name.removeprefix(f"{self.database}/")
