"""Migrations replayed without a database: the schema, with the line behind every fact."""

from __future__ import annotations

from typing import assert_never

from pytest_errorbudget.checks.replay import (
    columns,
    composites,
    constraints,
    creation,
    drops,
    guards,
    indexes,
    inheriting,
    moves,
    types,
    views,
)
from pytest_errorbudget.checks.replay.effective import lasting
from pytest_errorbudget.checks.replay.finish import inexact_of, schema_of
from pytest_errorbudget.checks.replay.state import DEFAULT_PATH, NotReplayed, State
from pytest_errorbudget.model import change as all_changes
from pytest_errorbudget.model import change_composite, change_guard, change_table
from pytest_errorbudget.model.change import Change, FileChanges
from pytest_errorbudget.model.change_parts import Scope
from pytest_errorbudget.model.migration import Opaque, StaticReplay
from pytest_errorbudget.model.pgtype import PgType

_TRIGGER = PgType("trigger")


def replay(changes: tuple[FileChanges, ...]) -> StaticReplay:
    """The schema that the files make of an empty database.

    A statement that cannot be read, or that does not fit what is known, is opaque; the relations that it names are
    inexact, as they may be anything after it.
    """
    state = State()
    opaque: list[Opaque] = []
    for file in changes:
        session_path = state.path
        for change in lasting(file):
            session_path = _step(state, change, session_path, opaque)
        state.path = session_path
    return StaticReplay(schema=schema_of(state), opaque=tuple(opaque), inexact=inexact_of(state))


def _step(state: State, change: Change, session_path: tuple[str, ...], opaque: list[Opaque]) -> tuple[str, ...]:
    """Applies one change; gives the search path that outlives the transaction."""
    match change:
        case all_changes.SetSearchPath():
            state.path = change.schemas if change.schemas is not None else DEFAULT_PATH
            return session_path if change.scope is Scope.LOCAL else state.path
        case all_changes.Transaction():
            state.path = session_path
        case all_changes.OpaqueChange():
            _left_open(state, opaque, change, change.reason, change.mentions)
        case all_changes.CallRoutines():
            _call(state, opaque, change)
        case all_changes.DropRoutines():
            _drop_routines(state, opaque, change)
        case _:
            try:
                _apply(state, change)
            except NotReplayed as error:
                _misfit(state, opaque, change, error)
    return session_path


def _left_open(
    state: State,
    opaque: list[Opaque],
    change: all_changes.OpaqueChange | all_changes.CallRoutines | all_changes.DropRoutines,
    reason: str,
    mentions: frozenset[str],
) -> None:
    opaque.append(Opaque(span=change.origin, statement=change.statement, reason=reason))
    state.leave((key for key in state.tables if key[1] in mentions), reason)


def _call(state: State, opaque: list[Opaque], change: all_changes.CallRoutines) -> None:
    """A routine whose body the migrations show, and which changes no schema, is called without effect."""
    for name in change.names:
        if name in state.guard_routines:
            guards.leave_guards(state, state.guard_routines[name].mentions)
    names = [name for name in change.names if state.routines.get(name, frozenset()) is not None]
    if names:
        bodies = (state.routines.get(name) or frozenset[str]() for name in names)
        reason = f"the routine `{names[0]}` that it calls may change the schema"
        _left_open(state, opaque, change, reason, change.mentions.union(*bodies))


def _drop_routines(state: State, opaque: list[Opaque], change: all_changes.DropRoutines) -> None:
    """Only triggers depend on a function that returns ``trigger``: they go, and no column does."""
    guards.drop_running(state, change.names)
    others = [name for name in change.names if set(state.results.get(name, [None])) != {_TRIGGER}]
    if others:
        reason = f"columns may depend on the routine `{others[0]}`, which it drops with CASCADE"
        _left_open(state, opaque, change, reason, change.mentions)
        readers = [table for table in state.tables.values() if table.calls & set(others)]
        state.leave((table.key for table in readers), reason)


def _misfit(state: State, opaque: list[Opaque], change: Change, error: NotReplayed) -> None:
    """A change that does not fit is no news on a relation that is uncertain already."""
    if error.relation is not None and state.is_uncertain(error.relation):
        return
    opaque.append(Opaque(span=change.origin, statement="", reason=error.reason))
    state.leave(() if error.relation is None else (error.relation,), error.reason)


def _apply(state: State, change: Change) -> None:
    match change:
        case all_changes.CreateTable():
            creation.create_table(state, change)
        case all_changes.CreateQueried():
            views.create_queried(state, change)
        case all_changes.CreateIndex():
            indexes.create_index(state, change)
        case all_changes.Drop():
            drops.drop(state, change)
        case all_changes.RenameSchema():
            moves.rename_schema(state, change)
        case all_changes.CreateSchema():
            state.schemas.add(change.name)
        case all_changes.CreateExtension():
            state.extensions.setdefault(change.name, change.schema or state.target_schema())
        case all_changes.SetExtensionSchema():
            moves.set_extension_schema(state, change)
        case all_changes.CreateRoutine():
            state.routines[change.name] = change.mentions
            result = None if change.result is None else state.resolved(change.result)
            state.results.setdefault(change.name, []).append(result)
            if change.guards is not None:
                state.guard_routines[change.name] = change.guards
        case (
            all_changes.SetSearchPath()
            | all_changes.Transaction()
            | all_changes.OpaqueChange()
            | all_changes.CallRoutines()
            | all_changes.DropRoutines()
        ):
            raise AssertionError("the session's changes are applied by the step")
        case (
            all_changes.CreateEnum()
            | all_changes.AddEnumLabel()
            | all_changes.RenameEnumLabel()
            | all_changes.CreateDomain()
            | all_changes.SetDomainNotNull()
            | all_changes.CreateOtherType()
            | all_changes.RenameType()
            | all_changes.SetTypeSchema()
        ):
            _apply_type(state, change)
        case (
            change_composite.CreateComposite()
            | change_composite.AddAttribute()
            | change_composite.DropAttribute()
            | change_composite.RetypeAttribute()
            | change_composite.RenameAttribute()
        ):
            composites.change_composite(state, change)
        case (
            change_guard.CreateTrigger()
            | change_guard.DropTrigger()
            | change_guard.RenameTrigger()
            | change_guard.SetFiring()
            | change_guard.CreatePolicy()
            | change_guard.DropPolicy()
            | change_guard.RenamePolicy()
            | change_guard.SetRowSecurity()
            | change_guard.MoveRoutine()
            | change_guard.LeaveGuards()
        ):
            guards.change_guards(state, change)
        case _:
            _apply_table(state, change)


TypeChange = (
    all_changes.CreateEnum
    | all_changes.AddEnumLabel
    | all_changes.RenameEnumLabel
    | all_changes.CreateDomain
    | all_changes.SetDomainNotNull
    | all_changes.CreateOtherType
    | all_changes.RenameType
    | all_changes.SetTypeSchema
)


def _apply_type(state: State, change: TypeChange) -> None:
    match change:
        case all_changes.CreateEnum():
            types.create_enum(state, change)
        case all_changes.AddEnumLabel():
            types.add_enum_label(state, change)
        case all_changes.RenameEnumLabel():
            types.rename_enum_label(state, change)
        case all_changes.CreateDomain():
            types.create_domain(state, change)
        case all_changes.SetDomainNotNull():
            types.set_domain_not_null(state, change)
        case all_changes.CreateOtherType():
            types.create_other_type(state, change)
        case all_changes.RenameType():
            moves.rename_type(state, change)
        case all_changes.SetTypeSchema():
            moves.set_type_schema(state, change)
        case _:
            assert_never(change)


def _apply_table(state: State, change: change_table.TableChange) -> None:
    match change:
        case change_table.AddColumn():
            columns.add_column(state, change)
        case change_table.DropColumn():
            columns.drop_column(state, change)
        case change_table.RenameColumn():
            columns.rename_column(state, change)
        case change_table.RenameRelation():
            moves.rename_relation(state, change)
        case change_table.SetRelationSchema():
            moves.set_relation_schema(state, change)
        case change_table.AddConstraint():
            constraints.add_constraint(state, change)
        case change_table.DropConstraint():
            constraints.drop_constraint(state, change)
        case change_table.RenameConstraint():
            constraints.rename_constraint(state, change)
        case change_table.ValidateConstraint():
            constraints.validate_constraint(state, change)
        case change_table.AttachPartition():
            creation.attach_partition(state, change)
        case change_table.DetachPartition():
            creation.detach_partition(state, change)
        case change_table.Inherit():
            inheriting.inherit(state, change)
        case change_table.NoInherit():
            inheriting.no_inherit(state, change)
        case _:
            columns.change_column(state, change)
