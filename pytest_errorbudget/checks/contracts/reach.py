"""Which handlers answer with, or take, a payload struct: directly or in a field of another payload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.rust import RustType, StructRef
from pytest_errorbudget.model.rust_boundaries import Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A handler and its payload structs with all structs inside them."""

    handler: Handler
    inputs: frozenset[StructRef]
    outputs: frozenset[StructRef]


def reached_by(view: View) -> tuple[Reached, ...]:
    """Every handler of the scope's crates."""
    return tuple(
        Reached(
            handler=handler,
            inputs=_closure(handler.inputs, view),
            outputs=_closure(handler.outputs, view),
        )
        for handler in view.contracts.handlers
        if view.scope.reads(handler.crate)
    )


def _closure(roots: tuple[StructRef, ...], view: View) -> frozenset[StructRef]:
    seen: set[StructRef] = set()
    waiting = list(roots)
    while waiting:
        ref = waiting.pop()
        if ref in seen:
            continue
        seen.add(ref)
        waiting.extend(_inside(ref, view))
    return frozenset(seen)


def _inside(ref: StructRef, view: View) -> Iterator[StructRef]:
    struct = view.structs.get(ref)
    if struct is None:
        return
    for field in struct.fields:
        for name in _names(field.type):
            found = view.resolve(name, ref.path, struct.crate)
            if found is not None:
                yield found[0]


def _names(rust: RustType) -> Iterator[str]:
    yield rust.path
    for argument in rust.arguments:
        yield from _names(argument)
