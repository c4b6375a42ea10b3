"""Triggers and row-level security of tables. What names a table that is not known here is left to the real replay."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import assert_never

from pytest_errorbudget.checks.replay.state import PolicyState, State, TableState, TriggerState
from pytest_errorbudget.model.change_guard import (
    CreatePolicy,
    CreateTrigger,
    DropPolicy,
    DropTrigger,
    GuardChange,
    LeaveGuards,
    MoveRoutine,
    RenamePolicy,
    RenameTrigger,
    SetFiring,
    SetRowSecurity,
)
from pytest_errorbudget.model.schema import RowSecurity


def change_guards(state: State, change: GuardChange) -> None:
    if isinstance(change, LeaveGuards):
        leave_guards(state, change.mentions)
        return
    if isinstance(change, MoveRoutine):
        _move_routine(state, change)
        return
    table = state.find(change.table)
    if table is not None:
        _change(state, table, change)


def _change(
    state: State,
    table: TableState,
    change: CreateTrigger
    | DropTrigger
    | RenameTrigger
    | SetFiring
    | CreatePolicy
    | DropPolicy
    | RenamePolicy
    | SetRowSecurity,
) -> None:
    match change:
        case CreateTrigger():
            home = change.function.schema
            table.triggers[change.name] = TriggerState(
                name=change.name,
                function=change.function.name,
                function_schema=state.target_schema() if home is None else home,
                mentions=change.mentions,
                origin=change.origin,
            )
        case DropTrigger():
            table.triggers.pop(change.name, None)
        case RenameTrigger():
            trigger = table.triggers.pop(change.name, None)
            if trigger is not None:
                trigger.name, trigger.origin = change.to, change.origin
                table.triggers[change.to] = trigger
        case SetFiring():
            for trigger in table.triggers.values():
                if change.name in {None, trigger.name}:
                    trigger.firing, trigger.origin = change.firing, change.origin
        case CreatePolicy():
            table.policies[change.name] = PolicyState(
                name=change.name,
                command=change.command,
                permissive=change.permissive,
                mentions=change.mentions,
                origin=change.origin,
            )
        case DropPolicy():
            table.policies.pop(change.name, None)
        case RenamePolicy():
            policy = table.policies.pop(change.name, None)
            if policy is not None:
                policy.name, policy.origin = change.to, change.origin
                table.policies[change.to] = policy
        case SetRowSecurity():
            old = table.row_security
            table.row_security = RowSecurity(
                enabled=old.enabled if change.enabled is None else change.enabled,
                forced=old.forced if change.forced is None else change.forced,
                origin=change.origin,
            )
        case _:
            assert_never(change)


def _move_routine(state: State, change: MoveRoutine) -> None:
    if change.to is not None and change.name in state.routines:
        state.routines[change.to] = state.routines.pop(change.name)
        state.results.setdefault(change.to, []).extend(state.results.pop(change.name, []))
    for table in state.tables.values():
        for trigger in table.triggers.values():
            if trigger.function == change.name:
                trigger.function = change.to or trigger.function
                trigger.function_schema = change.schema or trigger.function_schema


def leave_guards(state: State, mentions: frozenset[str] | None) -> None:
    """A program may have dropped them: nothing is claimed any more of these tables, or of all."""
    for table in state.tables.values():
        if mentions is None or table.name in mentions:
            table.triggers.clear()
            table.policies.clear()
            table.row_security = RowSecurity()


def drop_mentioning(tables: Iterable[TableState], names: Collection[str]) -> None:
    """What depends on something that is dropped with CASCADE, as far as it names it."""
    for table in tables:
        for trigger in [t for t in table.triggers.values() if not t.mentions.isdisjoint(names)]:
            del table.triggers[trigger.name]
        for policy in [p for p in table.policies.values() if not p.mentions.isdisjoint(names)]:
            del table.policies[policy.name]


def drop_running(state: State, functions: Collection[str]) -> None:
    """Triggers that run functions which are dropped with CASCADE, and what else names these."""
    for table in state.tables.values():
        for trigger in [t for t in table.triggers.values() if t.function in functions]:
            del table.triggers[trigger.name]
    drop_mentioning(state.tables.values(), functions)


def drop_from_schema(state: State, schema: str) -> None:
    """Triggers whose functions are dropped with their schema."""
    for table in state.tables.values():
        for trigger in [t for t in table.triggers.values() if t.function_schema == schema]:
            del table.triggers[trigger.name]


def drop_from_extension(state: State) -> None:
    """A function that no migration makes may be that of the extension that goes."""
    made = state.routines.keys()
    for table in state.tables.values():
        for trigger in [t for t in table.triggers.values() if t.function not in made]:
            del table.triggers[trigger.name]
