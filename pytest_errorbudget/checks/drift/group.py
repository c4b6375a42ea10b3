"""Tenants of one shape and version: compared once, and named together."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import schema_item
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column, Relation
from pytest_errorbudget.model.source import Span

_NAMED = 5


def tenants_text(tenants: tuple[str, ...]) -> str:
    """``tenant a``, ``tenants a and b``, ``tenants a, b, c, d, e and 7 more``."""
    if len(tenants) == 1:
        return f"tenant {tenants[0]}"
    if len(tenants) <= _NAMED:
        return f"tenants {', '.join(tenants[:-1])} and {tenants[-1]}"
    return f"tenants {', '.join(tenants[:_NAMED])} and {len(tenants) - _NAMED} more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """``tenants`` is sorted and never empty. ``basis`` says what they are compared with: ``migration 7``."""

    tenants: tuple[str, ...]
    settings_path: str
    basis: str

    @property
    def text(self) -> str:
        return tenants_text(self.tenants)

    @property
    def has(self) -> str:
        return "has" if len(self.tenants) == 1 else "have"

    @property
    def affected(self) -> tuple[Affected, ...]:
        return tuple(Affected(schema_item(self.settings_path, tenant), tenant) for tenant in self.tenants)

    def finding(
        self, rule: Rule, message: str, place: str, origin: Span | None, label: str, consequence: str, help: str
    ) -> Finding:
        """A finding for all tenants of the group; its label is on the migration line behind the expected object."""
        return Finding(
            rule=rule,
            severity=rule.severity,
            message=message,
            place=place,
            affected=self.affected,
            labels=(Label(origin, label),) if origin is not None else (),
            consequence=consequence,
            help=help,
        )


def column_place(relation: Relation, column: Column) -> str:
    return f"{relation.display}.{column.name}"


def sql_name(relation: Relation) -> str:
    """As a statement names it that runs with the tenant's schema first in its search path."""
    own = quoted(relation.name)
    return own if relation.schema == "public" else f"{quoted(relation.schema)}.{own}"
