"""The files of a source as ``sliced`` counts them: each by its own path, and the Parquet that holds its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.files.columns import quoted
from pytest_errorbudget.readers.events.files.named import Named
from pytest_errorbudget.readers.events.kept import Kept
from pytest_errorbudget.readers.events.paths import events_problem


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFiles:
    """``parquet`` is, by path, where the rows are if not in the file itself, and ``contents`` what names the content
    that they were read from. ``hive`` are the values of columns that are written in directories, by path: two files of
    one content in two directories hold different rows. ``options`` are those of the Parquet reader. Where files differ
    in types, ``schemas`` names each file's, and ``selects`` are the columns as SQL by schema, the same for any part of
    the files. ``again`` gives the files as they are now."""

    paths: tuple[str, ...]
    parquet: Mapping[str, str]
    contents: Mapping[str, str]
    hive: Mapping[str, tuple[str | None, ...]]
    options: tuple[str, ...]
    schemas: Mapping[str, str]
    selects: Mapping[str, str]
    again: Callable[[], EventFiles]

    def table(self, paths: Iterable[str]) -> str:
        """SQL for the rows of these files."""
        alike: dict[str, list[str]] = {}
        for path in paths:
            alike.setdefault(self.schemas.get(path, ""), []).append(path)
        if set(alike) == {""}:
            return self._reader(alike[""])
        parts = (f"select {self.selects[one]} from {self._reader(files)}" for one, files in alike.items())
        return f"({' union all '.join(parts)})"

    def _reader(self, paths: Iterable[str]) -> str:
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


def written_twice(source: EventSource, root: Path, named: Named, path: str, columns: Sequence[str]) -> None:
    """Raises ``Unreadable`` where two columns of a file are called like one that is asked for, and the first of them is
    not the only one that is spelled so: no one knows which is meant. ``columns`` are all that the file has, as they
    are written."""
    for name, asked in named.names.items():
        alike = [one for one in columns if one.strip().lower() == name]
        if len(alike) > 1 and (alike[0] != asked or alike.count(asked) > 1):
            shown = path.replace(f"{root}/", "")
            raise Unreadable(
                events_problem(
                    source,
                    f"the events `{source.name}` have the column `{asked}` {len(alike)} times in `{shown}`: "
                    f"{', '.join(f'`{one}`' for one in alike)}",
                    "write each column once, or call the others something else (case does not tell columns apart)",
                )
            )


def lacking(source: EventSource, root: Path, named: Named, columns: Mapping[str, Set[str]]) -> None:
    """Raises ``Unreadable`` for the first column that some of the files have and others have not; ``columns`` are those
    that are asked for, by path and in lower case."""
    for name in sorted({name for held in columns.values() for name in held}):
        without = [path for path, held in columns.items() if name not in held]
        if without:
            having = next(path for path, held in columns.items() if name in held)
            one, other = (path.replace(f"{root}/", "") for path in (without[0], having))
            raise Unreadable(
                events_problem(
                    source,
                    f"the events `{source.name}` have no column `{named.names[name]}` in `{one}`, which `{other}` has",
                    "write every file with the same columns, or read them as two sources under [[events]]",
                )
            )
