"""What a statement changes of triggers and of row-level security."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pytest_errorbudget.model.change_parts import Existing, Name
from pytest_errorbudget.model.schema import Firing, PolicyCommand
from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTrigger:
    """``mentions`` are the identifiers of its columns and condition."""

    table: Name
    name: str
    function: Name
    mentions: frozenset[str] = frozenset()
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTrigger:
    table: Name
    name: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTrigger:
    table: Name
    name: str
    to: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFiring:
    """ALTER TABLE ... ENABLE or DISABLE TRIGGER; ``name`` is ``None`` for ALL and USER."""

    table: Name
    name: str | None
    firing: Firing
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePolicy:
    """``mentions`` are the identifiers of its expressions."""

    table: Name
    name: str
    command: PolicyCommand = PolicyCommand.ALL
    permissive: bool = True
    mentions: frozenset[str] = frozenset()
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPolicy:
    table: Name
    name: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamePolicy:
    table: Name
    name: str
    to: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRowSecurity:
    """ALTER TABLE ... [NO] FORCE, ENABLE or DISABLE ROW LEVEL SECURITY; ``None`` leaves it as it is."""

    table: Name
    enabled: bool | None = None
    forced: bool | None = None
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRoutine:
    """ALTER FUNCTION ... RENAME TO, or SET SCHEMA: triggers that run it follow. ``None`` leaves a part as it is."""

    name: str
    to: str | None = None
    schema: str | None = None
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveGuards:
    """A program drops or alters triggers or policies; ``mentions`` are its identifiers, ``None``: it builds statements,
    so that it may mean any table."""

    mentions: frozenset[str] | None
    origin: Span


GuardChange: TypeAlias = (
    CreateTrigger
    | DropTrigger
    | RenameTrigger
    | SetFiring
    | CreatePolicy
    | DropPolicy
    | RenamePolicy
    | SetRowSecurity
    | MoveRoutine
    | LeaveGuards
)
