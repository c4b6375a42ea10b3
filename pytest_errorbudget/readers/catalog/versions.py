"""What each schema's bookkeeping table says: the newest applied version, and the checksums of what was applied.

The tables are read by sessions that end at once, in the snapshot of the session that reads the catalogue: that one
never touches a table, so it holds no lock that could block a migration.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from pytest_errorbudget.model.snapshot import Applied, AppliedVersion, VersionUnknown
from pytest_errorbudget.readers.catalog.read import Connection, run_named
from pytest_errorbudget.readers.migrations.tool import Bookkeeping

OpenSession = Callable[[], AbstractContextManager[Connection]]
Checksums = tuple[tuple[str, str], ...]

_UNION = 100  # tables in one statement: each holds a lock until the session commits
_NONE = sql.SQL("null")


@dataclass(frozen=True, slots=True)
class Versions:
    """By schema. ``checksums`` are (version, checksum) as text, sorted; schemas whose tables hold the same ones share
    one tuple. A schema whose checksums cannot be read is left out."""

    applied: Mapping[str, AppliedVersion] = field(default_factory=dict)
    checksums: Mapping[str, Checksums] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ledgers:
    """How to read the table of one tool under the name that it has here."""

    bookkeeping: Bookkeeping
    table: str
    session: OpenSession

    def read(self, schemas: Sequence[str]) -> Versions:
        """The versions of schemas that hold the table."""
        if not schemas:
            return Versions()
        with self.session() as session:
            (rows,) = run_named(session, ("readable_bookkeeping",), bookkeeping=self.table, schemas=list(schemas))
        readable = tuple(row[0] for row in rows)
        denied = VersionUnknown(f"this role may not read the table {self.table}")
        applied: dict[str, AppliedVersion] = {schema: denied for schema in schemas if schema not in readable}
        for start in range(0, len(readable), _UNION):
            applied |= self._applied(readable[start : start + _UNION])
        known = [schema for schema in readable if isinstance(applied[schema], Applied)]
        return Versions(applied, self._checksums(known))

    def _applied(self, schemas: Sequence[str]) -> Mapping[str, AppliedVersion]:
        """Many tables in one statement; where one of them spoils it, each by itself."""
        try:
            rows = self._union(schemas, self._newest)
        except psycopg.Error as error:
            if len(schemas) > 1:
                return {s: v for schema in schemas for s, v in self._applied([schema]).items()}
            reason = error.diag.message_primary or str(error)
            return {schemas[0]: VersionUnknown(f"its table {self.table} cannot be read: {reason}")}
        return {schema: self._version(newest, halfway) for schema, newest, halfway in rows}

    def _version(self, newest: str | None, halfway: str | None) -> AppliedVersion:
        if halfway is not None:
            return VersionUnknown(f"its table {self.table} says that migration {halfway} stopped half-way")
        return Applied(newest)

    def _checksums(self, schemas: Sequence[str]) -> Mapping[str, Checksums]:
        """A digest of each table first; of the tables that are alike, one is read."""
        if self.bookkeeping.checksums is None:
            return {}
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for start in range(0, len(schemas), _UNION):
            for schema, digest in self._digests(schemas[start : start + _UNION]):
                alike[digest].append(schema)
        found: dict[str, Checksums] = {}
        for same in alike.values():
            checksums = self._listed(same[0])
            found |= dict.fromkeys(same, checksums)
        return found

    def _digests(self, schemas: Sequence[str]) -> list[tuple[str, str]]:
        """A table without checksums spoils the statement of many; it is left out when each is read by itself."""
        try:
            return [(schema, digest) for schema, digest in self._union(schemas, self._digest) if digest is not None]
        except psycopg.Error:
            return [pair for schema in schemas for pair in self._digests([schema])] if len(schemas) > 1 else []

    def _listed(self, schema: str) -> Checksums:
        try:
            with self.session() as session:
                rows = session.execute(self._of(self.bookkeeping.checksums or "", schema)).fetchall()
        except psycopg.Error:
            return ()
        return tuple(sorted((str(version), str(checksum)) for version, checksum in rows))

    def _union(self, schemas: Sequence[str], one: Callable[[str], sql.Composed]) -> list[tuple[Any, ...]]:
        with self.session() as session:
            return session.execute(sql.SQL(" union all ").join(map(one, schemas))).fetchall()

    def _newest(self, schema: str) -> sql.Composed:
        halfway = self.bookkeeping.halfway
        return sql.SQL("select {}::text, ({})::text, ({})::text").format(
            sql.Literal(schema),
            self._of(self.bookkeeping.newest, schema),
            _NONE if halfway is None else self._of(halfway, schema),
        )

    def _digest(self, schema: str) -> sql.Composed:
        return sql.SQL(
            "select {}::text, (select md5(string_agg(version || ' ' || checksum, ',' order by version, checksum)) "
            "from ({}) as applied (version, checksum))"
        ).format(sql.Literal(schema), self._of(self.bookkeeping.checksums or "", schema))

    def _of(self, text: str, schema: str) -> sql.Composed:
        return sql.SQL(text).format(table=sql.Identifier(schema, self.table))
