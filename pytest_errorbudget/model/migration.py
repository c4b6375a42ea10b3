"""Migrations, and what replaying them gave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.source import Span


class MigrationKind(Enum):
    """The tool whose layout and bookkeeping a set of migrations follows."""

    SQLX = "sqlx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One SQL statement of a migration; ``span`` covers it without its ``;``."""

    sql: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationFile:
    """``version`` as the tool writes it into its table; ``transactional`` is false where it opts out."""

    path: str
    version: str
    name: str
    text: str
    statements: tuple[Statement, ...]
    transactional: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationSet:
    """The files of one database in the order in which the tool applies them."""

    kind: MigrationKind
    path: str
    files: tuple[MigrationFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A statement whose effect the static replay does not know; the real replay settles it."""

    span: Span
    statement: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationFailure:
    """PostgreSQL's own error, with the place in the file."""

    span: Span
    sqlstate: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticReplay:
    """sqlglot's replay. ``inexact`` names the relations (schema, name) that an opaque statement may have touched."""

    schema: Schema
    opaque: tuple[Opaque, ...] = ()
    inexact: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedVersion:
    """The schema after the migration ``version``, as PostgreSQL built it."""

    version: str
    schema: Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class RealReplay:
    """PostgreSQL's replay, a schema after each file; stops at the first failure."""

    server_version: int
    versions: tuple[ReplayedVersion, ...]
    failure: MigrationFailure | None = None

    @property
    def newest(self) -> Schema:
        return self.versions[-1].schema if self.versions else Schema()

    def at(self, version: str) -> Schema | None:
        return next((v.schema for v in self.versions if v.version == version), None)
