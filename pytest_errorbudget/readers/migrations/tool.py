"""What every migration tool has: files with versions, a way up, a transaction of its own, and a table of its own.

A kind of migrations is one :class:`Tool`; each lives in a file of its own, with where its rules come from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.migration import MigrationKind


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder and below, as paths relative to it with forward slashes, sorted."""

    files: tuple[str, ...]

    @property
    def direct(self) -> tuple[str, ...]:
        """The files that lie in no subfolder."""
        return tuple(file for file in self.files if "/" not in file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One migration before it is read; ``path`` is relative to the folder (in a ``Layout``, to the root).

    ``options`` is the file beside it that may take it out of a transaction. ``unread`` says why its effect is not
    known (it is written in Rust). ``again`` is a file that runs after ``version`` and has no version of its own.
    """

    path: str
    version: str
    name: str
    options: str | None = None
    unread: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BadName:
    """A file that the tool refuses for its name."""

    path: str
    message: str
    consequence: str
    help: str


class Transaction(Enum):
    """How the tool sends a file: in one transaction, outside of any, or as one string, which the server makes a
    transaction of where it holds several statements."""

    ONE = "one"
    NONE = "none"
    STRING = "string"


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """The stretch of a text, by offsets, that is the way up. ``problem`` says why there is none."""

    start: int
    end: int
    transaction: Transaction = Transaction.ONE
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookkeeping:
    """The tool's table. The texts are SQL with ``{table}``; ``applied`` takes ``{version}`` and ``{name}`` too.

    ``newest`` gives the newest applied version as one value; ``halfway`` a version that stopped in the middle, where
    the table can say so and forgets what came before; ``checksums`` gives rows (version, checksum) as text.
    """

    table: str
    create: str
    applied: str
    newest: str
    halfway: str | None = None
    checksums: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One kind of migrations. ``name`` is how its users write it, ``twice`` what it does with a version used twice.

    ``listed`` gives the files in the order in which the tool applies them; ``up`` takes a file's text and the text of
    its options; ``checksum`` takes a file as listed and its bytes, and gives what the tool stores, as text.
    """

    kind: MigrationKind
    name: str
    twice: str
    bookkeeping: Bookkeeping | None
    listed: Callable[[Folder], tuple[Listed | BadName, ...]]
    up: Callable[[str, str | None], Up]
    checksum: Callable[[Listed, bytes], str | None]


def whole(text: str, options: str | None) -> Up:
    """A file that is all way up, in one transaction."""
    del options
    return Up(start=0, end=len(text))


def no_checksum(listed: Listed, content: bytes) -> str | None:
    """For tools that store none."""
    del listed, content
    return None
