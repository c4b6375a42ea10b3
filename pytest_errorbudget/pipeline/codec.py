"""What is kept between runs as bytes and back, exactly: replays, how queries type, and counts.

JSON of plain lists and objects: an enum by its member's name, a member of a union as ``[class name, value]``. The
reader must be of the same version as the writer; this is no format for others (the facts file is).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import cattrs
import msgspec
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.facts import ShapeTyping
from pytest_errorbudget.model.migration import RealReplay, StaticReplay
from pytest_errorbudget.pipeline.packing import PackedReplay, packed, unpacked

_SCALARS = (int, str, bool, NoneType)


def encode_replay(replay: RealReplay) -> bytes:
    """Objects that a version shares with the one before are written once."""
    return msgspec.json.encode(_converter().unstructure(packed(replay), PackedReplay))


def decode_replay(data: bytes) -> RealReplay:
    """Raises ``msgspec.DecodeError`` where ``data`` is not JSON, and what cattrs raises where it is something else."""
    return unpacked(_converter().structure(msgspec.json.decode(data), PackedReplay))


def encode_static(replay: StaticReplay) -> bytes:
    return msgspec.json.encode(_converter().unstructure(replay, StaticReplay))


def decode_static(data: bytes) -> StaticReplay:
    return _converter().structure(msgspec.json.decode(data), StaticReplay)


def encode_counts(counts: Counts) -> bytes:
    """Integers and text alone, which msgspec writes and reads by itself."""
    return msgspec.json.encode(counts)


def decode_counts(data: bytes) -> Counts:
    return msgspec.json.decode(data, type=Counts)


def encode_typings(typings: tuple[ShapeTyping, ...]) -> bytes:
    return msgspec.json.encode(_converter().unstructure(typings, tuple[ShapeTyping, ...]))


def decode_typings(data: bytes) -> tuple[ShapeTyping, ...]:
    return _converter().structure(msgspec.json.decode(data), tuple[ShapeTyping, ...])


@cache
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=False)
    converter.register_unstructure_hook_func(_is_enum, lambda member: member.name)
    converter.register_structure_hook_func(_is_enum, lambda name, kind: kind[name])
    converter.register_unstructure_hook_factory(dataclasses.is_dataclass, _object_out(converter))
    converter.register_structure_hook_factory(dataclasses.is_dataclass, _object_in(converter))
    converter.register_unstructure_hook_func(_is_scalar_tuple, lambda values: values)
    converter.register_structure_hook_func(_is_scalar_tuple, lambda values, _: tuple(values))
    converter.register_unstructure_hook_factory(_is_tagged, _tagged_out(converter))
    converter.register_structure_hook_factory(_is_tagged, _tagged_in(converter))
    return converter


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_scalar_tuple(kind: Any) -> bool:
    """``tuple[int, ...]`` and its like: a hundred thousand windows cross as they are, without a call for each."""
    arguments = get_args(kind)
    return get_origin(kind) is tuple and len(arguments) == 2 and arguments[1] is ... and arguments[0] in _SCALARS


def _members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else ()


def _is_tagged(kind: Any) -> bool:
    """A union of more than one thing besides ``None``; ``X | None`` is cattrs' own."""
    return len([member for member in _members(kind) if member is not NoneType]) > 1


def _object_out(converter: cattrs.Converter) -> Callable[[Any], Callable[[Any], Any]]:
    """Fields that have their default are left out: most columns have no default, identity or domain."""
    return lambda kind: make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True)


def _object_in(converter: cattrs.Converter) -> Callable[[Any], Callable[[Any, Any], Any]]:
    return lambda kind: make_dict_structure_fn(kind, converter, _cattrs_detailed_validation=False)


def _tagged_out(converter: cattrs.Converter) -> Callable[[Any], Callable[[Any], Any]]:
    def factory(_union: Any) -> Callable[[Any], Any]:
        def out(value: Any) -> Any:
            if value is None:
                return None
            return [type(value).__name__, converter.unstructure(value, type(value))]

        return out

    return factory


def _tagged_in(converter: cattrs.Converter) -> Callable[[Any], Callable[[Any, Any], Any]]:
    def factory(union: Any) -> Callable[[Any, Any], Any]:
        by_name = {member.__name__: member for member in _members(union)}

        def into(value: Any, _: Any) -> Any:
            return None if value is None else converter.structure(value[1], by_name[value[0]])

        return into

    return factory
