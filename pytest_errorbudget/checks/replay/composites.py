"""Composite types and their members."""

from __future__ import annotations

from typing import assert_never

from pytest_errorbudget.checks.replay.state import CompositeState, Key, NotReplayed, State
from pytest_errorbudget.model.change_composite import (
    AddAttribute,
    CompositeChange,
    CreateComposite,
    DropAttribute,
    RenameAttribute,
    RetypeAttribute,
)
from pytest_errorbudget.model.change_parts import Existing


def change_composite(state: State, change: CompositeChange) -> None:
    if isinstance(change, CreateComposite):
        fields = {name: state.resolved(pg) for name, pg in change.fields}
        state.composites[state.new_key(change.name)] = CompositeState(fields=fields, origin=change.origin)
        return
    composite = next((state.composites[key] for key in state.keys(change.name) if key in state.composites), None)
    if composite is None:
        raise NotReplayed(f"no composite type `{change.name}` is known here")
    _change_member(state, composite, change)
    composite.origin = change.origin


def _change_member(
    state: State, composite: CompositeState, change: AddAttribute | DropAttribute | RetypeAttribute | RenameAttribute
) -> None:
    known = change.field in composite.fields
    match change:
        case AddAttribute():
            if known:
                raise NotReplayed(f"`{change.name}` has the member `{change.field}` already")
            composite.fields[change.field] = state.resolved(change.type)
        case DropAttribute(missing=Existing.SKIPS) if not known:
            return
        case _ if not known:
            raise NotReplayed(f"`{change.name}` has no member `{change.field}` that is known here")
        case DropAttribute():
            del composite.fields[change.field]
        case RetypeAttribute():
            composite.fields[change.field] = state.resolved(change.type)
        case RenameAttribute():
            renamed = [(change.to if name == change.field else name, pg) for name, pg in composite.fields.items()]
            composite.fields = dict(renamed)
        case _:
            assert_never(change)


def forget_members_of_type(state: State, key: Key) -> None:
    """DROP TYPE ... CASCADE takes the members of the type along."""
    for composite in state.composites.values():
        composite.fields = {name: pg for name, pg in composite.fields.items() if (pg.schema, pg.name) != key}
