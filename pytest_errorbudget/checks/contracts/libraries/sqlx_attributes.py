"""What sqlx's attributes of a field and of a row struct mean for reading a row.

The Rust half says which attributes there are (``rust_ext/src/lower/attributes.rs``, ``SQLX_ATTRIBUTES``); each one is
matched here. Source: sqlx-macros-core ``derives/attributes.rs`` and ``derives/row.rs``. The macros ignore them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import assert_never

from pytest_errorbudget.model.rust import Attribute


class SqlxAttribute(Enum):
    DEFAULT = "default"
    FLATTEN = "flatten"
    JSON = "json"
    NO_PG_ARRAY = "no_pg_array"
    RENAME = "rename"
    RENAME_ALL = "rename_all"
    SKIP = "skip"
    TRANSPARENT = "transparent"
    TRY_FROM = "try_from"
    TYPE_NAME = "type_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How a field is read. ``default`` covers a missing column, never NULL. ``try_from`` is the type that is decoded
    instead of the field's. ``json`` is ``None``, ``""`` or ``"nullable"``. ``type_name`` and ``transparent`` are those
    of ``derive(sqlx::Type)``."""

    default: bool = False
    flatten: bool = False
    skip: bool = False
    json: str | None = None
    try_from: str | None = None
    transparent: bool = False
    type_name: str | None = None


def mapping_of(attributes: Iterable[Attribute]) -> Mapping:
    """The mapping that a field's or a container's attributes give."""
    mapping = Mapping()
    for attribute in attributes:
        if attribute.library == "sqlx":
            mapping = _with(mapping, SqlxAttribute(attribute.name), attribute.value)
    return mapping


def _with(mapping: Mapping, attribute: SqlxAttribute, value: str | None) -> Mapping:
    match attribute:
        case SqlxAttribute.DEFAULT:
            return replace(mapping, default=True)
        case SqlxAttribute.FLATTEN:
            return replace(mapping, flatten=True)
        case SqlxAttribute.SKIP:
            return replace(mapping, skip=True)
        case SqlxAttribute.JSON:
            return replace(mapping, json=value or "")
        case SqlxAttribute.TRY_FROM:
            return replace(mapping, try_from=value or "")
        case SqlxAttribute.TRANSPARENT:
            return replace(mapping, transparent=True)
        case SqlxAttribute.TYPE_NAME:
            return replace(mapping, type_name=value)
        case SqlxAttribute.RENAME | SqlxAttribute.RENAME_ALL:
            return mapping  # ``Field.column`` is the name after them
        case SqlxAttribute.NO_PG_ARRAY:
            return mapping  # says only that there is no ``Vec`` of the type
        case _ as never:
            assert_never(never)
