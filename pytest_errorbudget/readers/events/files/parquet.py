"""Parquet files: the columns that their directories name, and one type for each column that is asked for.

DuckDB takes the types of the first file that it is given. Slices are read of some of the files, so that a type would
depend on which these are; here it is the one that holds the values of all, as DuckDB unites them by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.files.columns import FileColumn, columns_of, identifier, quoted
from pytest_errorbudget.readers.events.files.event_files import EventFiles, lacking, written_twice
from pytest_errorbudget.readers.events.files.hive import Hive, hive_of
from pytest_errorbudget.readers.events.files.named import Named
from pytest_errorbudget.readers.events.paths import events_problem

_FLOATS = frozenset({"FLOAT", "DOUBLE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetFiles:
    """The Parquet files of one source in a session."""

    session: duckdb.DuckDBPyConnection
    root: Path
    source: EventSource
    named: Named

    def read(self, paths: Sequence[str]) -> tuple[EventFiles, tuple[FileColumn, ...]]:
        """The files as they are, and their columns. Raises ``Unreadable`` where one lacks a column that others have."""
        hive = hive_of(self.session, self.root, paths, self.named.keys)
        schemas = self._schemas(paths)
        for one in sorted(set(schemas.values())):
            written_twice(self.source, self.root, self.named, one, self._written(one))
        if not hive.plain:
            return self._with_written(paths, hive, schemas)
        columns = {one: self._columns(one, hive) for one in sorted(set(schemas.values()))}
        if len(columns) == 1:
            files = self._files(paths, hive, {}, {})
            return files, columns_of(self.session, f"(from {files.table(paths)})")
        files = self._files(paths, hive, schemas, self._united(columns, hive))
        return files, columns_of(self.session, files.table(list(columns)))

    def _with_written(
        self, paths: Sequence[str], hive: Hive, schemas: Mapping[str, str]
    ) -> tuple[EventFiles, tuple[FileColumn, ...]]:
        """The files without what DuckDB reads in their paths, and the columns that directories name as they are written
        there."""
        unread = replace(hive, kinds={})
        over = {name.lower(): place for place, name in enumerate(hive.kinds) if name.lower() in self.named.names}
        own = {one: self._columns(one, unread) for one in sorted(set(schemas.values()))}
        columns = {one: {name: each for name, each in held.items() if name not in over} for one, held in own.items()}
        united = self._united(columns, unread)
        kinds = tuple(hive.kinds.values())

        def select(path: str) -> str:
            given = (
                f"cast({_literal(hive.values[path][place])} as {kinds[place].value}) as "
                f"{identifier(self.named.names[name])}"
                for name, place in over.items()
            )
            return ", ".join((*filter(None, (united[schemas[path]],)), *given))

        alike = {path: sha256((schemas[path], hive.values[path])) for path in paths}
        selects = {alike[path]: select(path) for path in paths}
        files = replace(self._files(paths, unread, alike, selects), hive=hive.values)
        return files, columns_of(self.session, files.table(paths[:1]))

    def _files(
        self, paths: Sequence[str], hive: Hive, schemas: Mapping[str, str], selects: Mapping[str, str]
    ) -> EventFiles:
        def again() -> EventFiles:
            return files

        files = EventFiles(
            paths=tuple(paths),
            parquet={},
            contents={},
            hive=hive.values if hive.kinds else {},
            options=_options(hive),
            schemas=schemas,
            selects=selects,
            again=again,
        )
        return files

    def _schemas(self, paths: Sequence[str]) -> dict[str, str]:
        """Each file's, named by the first file that has the same."""
        files = ", ".join(map(quoted, paths))
        rows = self.session.execute(
            "select file_name, list([name, duckdb_type, num_children::varchar] order by column_id, name)::varchar "
            f"from parquet_schema([{files}]) group by file_name order by file_name"
        ).fetchall()
        first: dict[str, str] = {}
        return {path: first.setdefault(schema, path) for path, schema in rows}

    def _written(self, path: str) -> list[str]:
        """The file's columns as it writes them: DuckDB gives a second one of a name another."""
        rows = self.session.execute(
            f"select name, coalesce(num_children, 0) from parquet_schema([{quoted(path)}]) order by column_id"
        ).fetchall()
        names: list[str] = []
        left: list[int] = []  # how many children are still to come of each node above
        for name, children in rows:
            names += [str(name)] if len(left) == 1 else []
            left[-1:] = [left[-1] - 1] if left else []
            left.append(int(children))
            while left and left[-1] == 0:
                left.pop()
        return names

    def _columns(self, path: str, hive: Hive) -> dict[str, FileColumn]:
        """The columns that are asked for, by lower case."""
        file = f"(from read_parquet([{quoted(path)}], {', '.join(_options(hive))}))"
        found: dict[str, FileColumn] = {}
        for one in columns_of(self.session, file):
            name = one.name.lower()
            if name in self.named.names and (name not in found or one.name == self.named.names[name]):
                found[name] = one
        return found

    def _united(self, columns: Mapping[str, Mapping[str, FileColumn]], hive: Hive) -> dict[str, str]:
        """The columns of each schema as SQL, each cast to the type of all files."""
        lacking(self.source, self.root, self.named, {path: set(held) for path, held in columns.items()})
        files = ", ".join(map(quoted, columns))
        options = ", ".join(("union_by_name = true", *_options(hive)))
        united = {
            one.name.lower(): one.type for one in columns_of(self.session, f"(from read_parquet([{files}], {options}))")
        }
        types = {
            name: _widest(united[name], (held[name].type for held in columns.values())) for name in _names(columns)
        }
        for name, kind in types.items():
            if name == self.source.columns.id.lower() and kind in _FLOATS:
                self._alike(name, {path: held[name] for path, held in columns.items()})
            self._castable(name, kind, {path: held[name] for path, held in columns.items()}, hive)
        return {
            path: ", ".join(
                f"cast({identifier(held[name].name)} as {kind}) as {identifier(self.named.names[name])}"
                for name, kind in types.items()
            )
            for path, held in columns.items()
        }

    def _castable(self, name: str, united: str, columns: Mapping[str, FileColumn], hive: Hive) -> None:
        """Raises ``Unreadable`` where no type holds the values of all files: a number is no moment."""
        for path, held in columns.items():
            rows = f"read_parquet([{quoted(path)}], {', '.join(_options(hive))})"
            # counted, since values of some types become Python's only where further packages are installed
            cast = f"select count(cast({identifier(held.name)} as {united})) from (from {rows} limit 1)"
            try:
                self.session.execute(cast).fetchall()
            except duckdb.Error:
                other = next((one for one, another in columns.items() if another.type != held.type), None)
                if other is None:
                    raise
                raise self._unlike(name, columns, path, other) from None

    def _alike(self, name: str, columns: Mapping[str, FileColumn]) -> None:
        """Raises ``Unreadable`` where ids would become floats, in which two of them may be one."""
        first, *others = columns
        other = next((one for one in others if columns[one].type != columns[first].type), None)
        if other is not None:
            raise self._unlike(name, columns, first, other)

    def _unlike(self, name: str, columns: Mapping[str, FileColumn], *paths: str) -> Unreadable:
        places = (f"{columns[one].type} in `{one.replace(f'{self.root}/', '')}`" for one in paths)
        return Unreadable(
            events_problem(
                self.source,
                f"the column `{self.named.names[name]}` of the events `{self.source.name}` is "
                f"{' and '.join(sorted(places))}",
                "write every file with the same types, or read them as two sources under [[events]]",
            )
        )


def _literal(written: str | None) -> str:
    return "null" if written is None else quoted(written)


def _names(columns: Mapping[str, Mapping[str, FileColumn]]) -> list[str]:
    return sorted({name for held in columns.values() for name in held})


def _widest(united: str, types: Iterable[str]) -> str:
    """A whole number may not fit into the float of 32 bits that it would become."""
    return "DOUBLE" if united == "FLOAT" and set(types) != {"FLOAT"} else united


def _options(hive: Hive) -> tuple[str, ...]:
    # the statistics of pyarrow and polars say nothing of NaN: DuckDB takes it for a number within their bounds
    nan = "can_have_nan = true"
    if not hive.kinds:
        return (nan, "hive_partitioning = false")
    types = ", ".join(f"{quoted(name)}: {kind.in_options}" for name, kind in hive.kinds.items())
    return (nan, "hive_partitioning = true", f"hive_types = {{{types}}}")
