"""What ``readers.shapes`` is asked: which queries, in which shapes. Light, so that a kept answer costs no import."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.facts import QueryKey
from pytest_errorbudget.model.pgtype import PgType


@dataclass(frozen=True, slots=True)
class Query:
    """``declared`` are the types that the library sends with the query for what is bound: ``None`` for one that is not
    known, empty where it sends none or nothing is known. ``planned`` are ways to write it: the first that PostgreSQL
    takes is planned; none where nobody asks what it reads."""

    key: QueryKey
    sql: str
    declared: tuple[PgType | None, ...] = ()
    planned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeRequest:
    """A shape to build: the migrations up to ``version`` (``None``: all of them), then ``mending``.

    ``digest`` is the tenants' shape for which it stands, ``None`` for the migrations' own newest schema.
    ``extension_schemas`` are schemas in which the tenants' databases have extensions: queries may name these.
    """

    digest: str | None
    version: str | None = None
    mending: tuple[str, ...] = ()
    extension_schemas: tuple[str, ...] = ()
