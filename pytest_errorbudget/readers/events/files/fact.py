"""What is known of a text file once it was read, and how that is kept for later runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict

from pytest_errorbudget.model.settings import EventFormat
from pytest_errorbudget.readers.events.files.kinds import Kind
from pytest_errorbudget.readers.events.files.text_file import TextFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A file as it was read: its ``content`` is named by a digest, and ``seen`` is what the file system said of it.
    ``file`` is ``None`` where nothing is in it; ``kinds`` are by the lower case of the names, without those of its
    directories."""

    content: str
    seen: tuple[int, ...]
    file: TextFile | None
    kinds: Mapping[str, Kind]


class _WrittenFile(TypedDict):
    names: list[str]
    delimiter: Literal[",", ";", "\t", "|"]
    skip: int


class Written(TypedDict):
    """A fact as JSON. What the content gives by itself is in it, and not where or when it was read."""

    file: _WrittenFile | None
    kinds: dict[str, Kind]


def encoded(fact: Fact) -> dict[str, object]:
    """A ``Written``."""
    file = fact.file
    written = None if file is None else {"names": file.names, "delimiter": file.delimiter, "skip": file.skip}
    return {"file": written, "kinds": {name: kind.value for name, kind in fact.kinds.items()}}


def decoded(known: Written, path: str, format: EventFormat, content: str, seen: tuple[int, ...]) -> Fact:
    """The fact of a file that has this content."""
    written = known["file"]
    file = None
    if written is not None:
        names, delimiter, skip = tuple(written["names"]), written["delimiter"], written["skip"]
        file = TextFile(path=path, format=format, names=names, delimiter=delimiter, skip=skip)
    return Fact(content=content, seen=seen, file=file, kinds=known["kinds"])
