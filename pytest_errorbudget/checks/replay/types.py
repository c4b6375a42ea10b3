"""Enums and domains."""

from __future__ import annotations

from pytest_errorbudget.checks.replay.state import DomainState, EnumState, NotReplayed, State
from pytest_errorbudget.model.change import (
    AddEnumLabel,
    CreateDomain,
    CreateEnum,
    CreateOtherType,
    RenameEnumLabel,
    SetDomainNotNull,
)
from pytest_errorbudget.model.change_parts import Existing, Name, Placement


def create_enum(state: State, change: CreateEnum) -> None:
    state.enums[state.new_key(change.name)] = EnumState(labels=list(change.labels), origin=change.origin)


def create_domain(state: State, change: CreateDomain) -> None:
    state.domains[state.new_key(change.name)] = DomainState(
        base=state.resolved(change.base), not_null=change.not_null, origin=change.origin
    )


def create_other_type(state: State, change: CreateOtherType) -> None:
    state.other_types.add(state.new_key(change.name))


def add_enum_label(state: State, change: AddEnumLabel) -> None:
    enum = _enum(state, change.name)
    if change.label in enum.labels:
        if change.existing is Existing.SKIPS:
            return
        raise NotReplayed(f"`{change.name}` has the label `{change.label}` already")
    at = len(enum.labels)
    if change.neighbour is not None:
        if change.neighbour not in enum.labels:
            raise NotReplayed(f"`{change.name}` has no label `{change.neighbour}` that is known here")
        at = enum.labels.index(change.neighbour) + (change.placement is Placement.AFTER)
    enum.labels.insert(at, change.label)
    enum.origin = change.origin


def rename_enum_label(state: State, change: RenameEnumLabel) -> None:
    enum = _enum(state, change.name)
    enum.labels = [change.to if label == change.label else label for label in enum.labels]
    enum.origin = change.origin


def set_domain_not_null(state: State, change: SetDomainNotNull) -> None:
    key = next((key for key in state.keys(change.name) if key in state.domains), None)
    if key is None:
        raise NotReplayed(f"no domain `{change.name}` is known here")
    state.domains[key].not_null, state.domains[key].origin = change.not_null, change.origin


def _enum(state: State, name: Name) -> EnumState:
    key = next((key for key in state.keys(name) if key in state.enums), None)
    if key is None:
        raise NotReplayed(f"no enum `{name}` is known here")
    return state.enums[key]
