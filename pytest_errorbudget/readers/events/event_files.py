"""The files of a source as ``sliced`` counts them: each by its own path, and the Parquet that holds its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.readers.events.files import quoted
from pytest_errorbudget.readers.events.kept import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFiles:
    """``parquet`` is, by path, where the rows are if not in the file itself, and ``contents`` what names the content
    that they were read from. ``hive`` are the values of columns that are written in directories, by path: two files of
    one content in two directories hold different rows. ``options`` are those of the Parquet reader, the same for any
    part of the files. ``again`` gives the files as they are now."""

    paths: tuple[str, ...]
    parquet: Mapping[str, str]
    contents: Mapping[str, str]
    hive: Mapping[str, tuple[str | None, ...]]
    options: tuple[str, ...]
    again: Callable[[], EventFiles]

    def table(self, paths: Iterable[str]) -> str:
        """SQL for the rows of these files."""
        files = ", ".join(quoted(self.rows_in(path)) for path in paths)
        return f"read_parquet({', '.join((f'[{files}]', *self.options))})"

    def rows_in(self, path: str) -> str:
        return self.parquet.get(path, path)

    def content(self, kept: Kept, path: str) -> str:
        """Names the rows that the file holds in this source, as they were read."""
        return self._partitioned(path, self.contents.get(path) or kept.digest(path))

    def holds(self, kept: Kept, path: str, content: str) -> bool:
        """Whether the file still holds these rows."""
        return self._partitioned(path, kept.digest(path)) == content

    def _partitioned(self, path: str, digest: str) -> str:
        return sha256((digest, self.hive[path])) if path in self.hive else digest
