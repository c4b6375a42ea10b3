"""What the rules of this folder ask of a library, and the library's own words for each fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pytest_errorbudget.checks.contracts.libraries.answer import Answer
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_queries import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A value that the library does not decode; ``after`` ends the sentence: what becomes of the error. ``because``
    is the reason where it is not the type that the Rust type stands for."""

    rust: RustType
    declares: str | None
    pg: PgType
    nullable: bool | None
    after: str
    because: str | None = None

    @property
    def rows(self) -> str:
        """The rows that fail where the type is compared for values only."""
        return "Every row" if self.nullable is False else "Every row that holds a value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """``accepts``: whether a value is decoded; ``refused``: what happens where it is not, as a sentence.

    ``null`` is the error at a NULL, ``absent`` the one for a name that the result lacks, ``short`` the one for a
    position past its end, ``database`` the one that carries the server's own. ``arity``: more or fewer arguments than
    parameters.
    """

    library: Library
    accepts: Callable[[RustType, PgType, OwnTypes], Answer]
    refused: Callable[[Refusal], str]
    null: str
    absent: str
    short: str
    database: str
    arity: str
