"""Rust types that take part in a contract: structs, enums and declared tables.

The extension fills these values; their meaning (which type fits which column) lives in ``checks``.
"""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True)
class RustType:
    """A type as resolved: ``path`` is the last name after aliases (``i64``, ``Option``, ``DateTime``), ``arguments``
    its generic arguments; ``text`` is what the source writes. References, slices and pointers have the paths
    ``&``, ``&mut``, ``[]``, ``[;]``, ``*const``, ``*mut``, tuples ``()`` and function pointers ``fn``."""

    path: str
    arguments: tuple[RustType, ...] = ()
    text: str = ""

    @property
    def inner(self) -> RustType:
        """The type under one ``Option``."""
        return self.arguments[0] if self.path == "Option" and self.arguments else self

    @property
    def is_option(self) -> bool:
        return self.path == "Option"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute of a field, container or variant: ``library`` is the attribute's own name (``sqlx``, ``diesel``,
    ``sea_orm``, ``postgres``), as in (``sqlx``, ``rename``, ``"total"``), or ``rust``, ``deprecated``."""

    library: str
    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """``column`` is the name the library asks for, after ``rename`` and ``rename_all``."""

    name: str
    column: str
    type: RustType
    span: Span
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Struct:
    """A struct that takes part in a contract. ``name`` is unique in its file (``v1::Invoice`` where needed)."""

    name: str
    crate: str
    module: str
    span: Span
    derives: tuple[str, ...]
    fields: tuple[Field, ...]
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class StructRef:
    """A struct by file and by its name in that file."""

    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """``labels`` are what each library that the enum derives for calls it, after ``rename`` and ``rename_all`` by that
    library's own case rules: sorted (library, label). ``number`` is the discriminant where one is written."""

    name: str
    labels: tuple[tuple[str, str], ...]
    span: Span
    number: int | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RustEnum:
    """An enum that derives a database trait of a library: ``sqlx::Type``, ``DeriveActiveEnum``, ``FromSql``.

    ``name`` is unique in its file. ``repr`` is the integer type of ``#[repr(..)]``.
    """

    name: str
    crate: str
    module: str
    span: Span
    derives: tuple[str, ...]
    variants: tuple[Variant, ...]
    repr: str | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredColumn:
    """A column of diesel's ``table!``. ``column`` is the name in SQL (``sql_name``), ``type`` the SQL type as diesel
    writes it (``Nullable<Int8>``)."""

    name: str
    column: str
    type: RustType
    span: Span
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTable:
    """diesel's ``table!``. ``name`` is the Rust module's, ``table`` the table's name in SQL, ``schema`` as written."""

    name: str
    schema: str | None
    table: str
    crate: str
    module: str
    span: Span
    primary_key: tuple[str, ...]
    columns: tuple[DeclaredColumn, ...]
