"""The compiled extension: parsing of Rust sources, places in TOML documents, drawing of diagnostics."""

import os
from collections.abc import Sequence
from typing import Protocol

__all__ = [
    "diesel_attributes",
    "draw",
    "held",
    "read_contracts",
    "sea_orm_attributes",
    "sqlx_attributes",
    "toml_key_places",
    "toml_values_of",
]

class _Package(Protocol):
    """What ``readers.workspace.Package`` has."""

    @property
    def name(self) -> str: ...
    @property
    def manifest(self) -> str: ...
    @property
    def service(self) -> bool: ...
    @property
    def libraries(self) -> Sequence[str]: ...
    @property
    def roots(self) -> Sequence[str]: ...
    @property
    def dependencies(self) -> Sequence[tuple[str, str]]: ...
    @property
    def features(self) -> Sequence[tuple[str, str]]: ...

def read_contracts(
    root: str | os.PathLike[str], packages: Sequence[_Package], threads: int
) -> tuple[bytes, list[str], str]:
    """msgpack of ``model.rust.Contracts``, named fields; every path that was asked for, found or not; and the digest of
    what they held. Runs off the GIL on ``threads`` threads; the result does not depend on their number."""

def held(root: str | os.PathLike[str], paths: Sequence[str]) -> str:
    """The digest of what the paths hold now, 64 hex digits: ``read_contracts`` gives the same for the same paths and
    contents."""

def sqlx_attributes() -> list[str]:
    """The names of all sqlx attributes that ``read_contracts`` gives, sorted."""

def diesel_attributes() -> list[str]:
    """The names of all diesel attributes that ``read_contracts`` gives, sorted. Values that are types are resolved, by
    their last names (``Nullable<Int8>``); ``table_name`` is ``package::module::name`` of a table of the workspace."""

def sea_orm_attributes() -> list[str]:
    """The names of all sea-orm attributes that ``read_contracts`` gives, sorted. ``nested`` has its prefix."""

def draw(
    severity: str,
    rule: str,
    message: str,
    excerpts: Sequence[tuple[str, str | None, Sequence[tuple[int, int, int | None, int | None, str, bool]]]],
    notes: Sequence[tuple[str, str]],
) -> str:
    """A diagnostic as text. Excerpts are (path, source, marks), marks (line, column, end line, end column, label,
    whether it is primary); notes are (``note`` or ``help``, text)."""

def toml_key_places(text: str) -> list[tuple[tuple[str | int, ...], tuple[int, int, int, int]]]:
    """(key path, (line, column, end line, end column)) of every key. Raises ``ValueError(message, line, column)``."""

def toml_values_of(text: str) -> dict[str, object] | None:
    """A document as plain values, as ``tomllib`` gives them, but for dates and times, which are text; TOML 1.1, as
    Cargo reads it. ``None`` where it is not TOML."""
