"""What one run keeps, another reads back as an equal value."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.counts import Counts, Series, Unjudged
from pytest_errorbudget.model.facts import ShapeTyping
from pytest_errorbudget.model.migration import RealReplay, StaticReplay
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import Column, Relation, RelationKind, Schema
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.pipeline.codec import (
    decode_counts,
    decode_replay,
    decode_static,
    decode_typings,
    encode_counts,
    encode_replay,
    encode_static,
    encode_typings,
)

_SCALARS: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(max_size=5),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    NoneType: st.none(),
}


@cache
def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type of the model, with every field filled, also those that have a default."""
    if kind in _SCALARS:
        return _SCALARS[kind]
    if get_origin(kind) in (Union, UnionType):
        return st.one_of(*map(values_later, get_args(kind)))
    if get_origin(kind) is tuple:
        return _tuples(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    assert isinstance(kind, type), kind
    assert dataclasses.is_dataclass(kind), kind
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: values_later(hints[f.name]) for f in dataclasses.fields(kind)})


def values_later(kind: Any) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: values(kind))


def _tuples(arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if len(arguments) == 2 and arguments[1] is ...:
        return st.lists(values_later(arguments[0]), max_size=2).map(tuple)
    return st.tuples(*map(values_later, arguments))


def everything(value: Any) -> Any:
    """A value with the fields that its ``==`` does not look at (origins)."""
    if isinstance(value, tuple):
        return tuple(map(everything, value))
    if dataclasses.is_dataclass(value):
        return (type(value), *(everything(getattr(value, f.name)) for f in dataclasses.fields(value)))
    return value


thorough = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


CODECS: dict[Any, tuple[Callable[[Any], bytes], Callable[[bytes], Any]]] = {
    RealReplay: (encode_replay, decode_replay),
    StaticReplay: (encode_static, decode_static),
    Counts: (encode_counts, decode_counts),
    tuple[ShapeTyping, ...]: (encode_typings, decode_typings),
}


@pytest.mark.parametrize("kind", CODECS, ids=["replay", "static", "counts", "typings"])
def test_what_is_kept_comes_back_equal(kind: Any) -> None:
    encode, decode = CODECS[kind]

    @thorough
    @given(values(kind))
    def comes_back(value: Any) -> None:
        assert everything(decode(encode(value))) == everything(value)

    comes_back()


def test_equal_counts_give_equal_bytes() -> None:
    assert encode_counts(_counts(5)) == encode_counts(_counts(5))


def test_a_hundred_thousand_windows_come_back_equal() -> None:
    counts = _counts(1000)
    assert decode_counts(encode_counts(counts)) == counts


def test_a_thousand_columns_come_back_equal() -> None:
    static = StaticReplay(schema=_wide(1000))
    assert everything(decode_static(encode_static(static))) == everything(static)


def test_bytes_that_are_no_json_are_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_replay(b"\x80\x04pickle")


def _counts(windows: int) -> Counts:
    series = tuple(
        Series(
            tenant=f"t{tenant}",
            service="billing",
            slo="availability",
            starts_us=tuple(1_767_571_200_000_000 + 300_000_000 * n for n in range(windows)),
            valid=tuple(range(windows)),
            bad=(0,) * windows,
        )
        for tenant in range(100)
    )
    return Counts(
        window_us=300_000_000,
        as_of_us=1,
        closed_until_us=1,
        series=series,
        totals=(),
        recounts=(),
        digest="d",
        unjudged=(
            Unjudged(tenant="t0", service="billing", slo="availability", starts_us=(0, 300_000_000), events=(1, 2)),
        ),
    )


def _wide(columns: int) -> Schema:
    return Schema(
        relations=(
            Relation(
                schema="public",
                name="wide",
                kind=RelationKind.TABLE,
                columns=tuple(
                    Column(
                        name=f"c{n}", type=PgType("numeric", modifiers=(12, 2)), origin=Span("migrations/1.sql", n + 1)
                    )
                    for n in range(columns)
                ),
            ),
        )
    )
