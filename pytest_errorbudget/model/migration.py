"""Migrations, and what replaying them gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.source import Span


class MigrationKind(Enum):
    """The tool whose layout and bookkeeping a set of migrations follows."""

    SQLX = "sqlx"
    DIESEL = "diesel"
    REFINERY = "refinery"
    GOLANG_MIGRATE = "golang-migrate"
    FLYWAY = "flyway"
    GOOSE = "goose"
    DBMATE = "dbmate"
    SEA_ORM = "sea-orm"
    NUMBERED = "numbered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One SQL statement of a migration; ``span`` covers it without its ``;``."""

    sql: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationFile:
    """``version`` as the tool writes it into its table; ``transactional`` is false where it opts out.

    ``checksum`` is what the tool stores when it applies the file, as text: hex digits for sqlx, a decimal number for
    refinery and Flyway, ``None`` for the others. ``unread`` says why the file has no statements here (it is Rust).
    """

    path: str
    version: str
    name: str
    text: str
    statements: tuple[Statement, ...]
    transactional: bool = True
    checksum: str | None = None
    unread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationSet:
    """The files of one folder in the order in which the tool applies them.

    ``bookkeeping`` is the tool's table where the settings give it another name than the tool does. ``before`` is the
    set that the same database has in whole before the first of these files.
    """

    kind: MigrationKind
    path: str
    files: tuple[MigrationFile, ...]
    bookkeeping: str | None = None
    before: MigrationSet | None = None

    @property
    def every_file(self) -> tuple[MigrationFile, ...]:
        """The files of the sets before, and then its own."""
        return (*(self.before.every_file if self.before is not None else ()), *self.files)

    @property
    def is_unread(self) -> bool:
        """Whether every migration is written in a language that is never run, so that nothing is known."""
        return bool(self.files) and all(file.unread is not None for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A statement whose effect the static replay does not know; the real replay settles it."""

    span: Span
    statement: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationFailure:
    """PostgreSQL's own error, with the place in the file. ``extension`` is what the replay's server lacks, where that
    is all that is wrong."""

    span: Span
    sqlstate: str
    message: str
    extension: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inexact:
    """A relation of which the static replay claims nothing, and why: the real replay settles it.

    With ``columns`` it is claimed but for the types of these.
    """

    schema: str
    name: str
    reason: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticReplay:
    """The replay without a database: ``schema`` is what it claims.

    The relations of ``inexact`` are not in it; a column whose type only PostgreSQL knows is, with the type ``UNKNOWN``.
    """

    schema: Schema
    opaque: tuple[Opaque, ...] = ()
    inexact: tuple[Inexact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedVersion:
    """The schema after the migration ``version``, as PostgreSQL built it; ``path`` is its file."""

    version: str
    schema: Schema
    path: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RealReplay:
    """PostgreSQL's replay, a schema after each file; stops at the first failure.

    ``changed`` are the statements that this server could only run in another form, with the reason.
    """

    server_version: int
    versions: tuple[ReplayedVersion, ...]
    failure: MigrationFailure | None = None
    changed: tuple[Opaque, ...] = ()

    @property
    def newest(self) -> Schema:
        return self.versions[-1].schema if self.versions else Schema()

    def at(self, version: str) -> Schema | None:
        return next((v.schema for v in self.versions if v.version == version), None)
