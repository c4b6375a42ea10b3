"""Which statement of a migration made or changed an object, as PostgreSQL itself reports it.

An event trigger names every object that a statement touched, inside DO blocks and behind ``bigserial`` too. It needs
a superuser; on a server where we are none, every statement of the file is considered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypedDict, TypeVar

import psycopg

from pytest_errorbudget.model.migration import MigrationFile, Statement
from pytest_errorbudget.model.schema import (
    Column,
    CompositeType,
    Constraint,
    Domain,
    EnumType,
    Index,
    Policy,
    Relation,
    RowSecurity,
    Schema,
    Trigger,
)
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.apply_migrations import span_within, statement_start

_TRIGGER = """
create schema errorbudget_provenance;
create function errorbudget_provenance.touched() returns event_trigger
    language plpgsql set search_path = pg_catalog as $$
declare
    command record;
begin
    for command in select classid, objid, command_tag from pg_event_trigger_ddl_commands() loop
        raise info 'errorbudget % % %', command.classid, command.objid, command.command_tag;
    end loop;
end $$;
create event trigger errorbudget_touched on ddl_command_end execute function errorbudget_provenance.touched();
"""
# Names at the end of the file: an object that was renamed within it is found by its number. Triggers and policies go by
# the names of their tables.
_NAMES = """
select 1259, c.oid, n.nspname, c.relname
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = any(%(ids)s)
union all
select 1247, t.oid, n.nspname, t.typname
from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace where t.oid = any(%(ids)s)
union all
select 2620, g.oid, n.nspname, c.relname
from pg_catalog.pg_trigger g
join pg_catalog.pg_class c on c.oid = g.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace where g.oid = any(%(ids)s)
union all
select 3256, p.oid, n.nspname, c.relname
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace where p.oid = any(%(ids)s)
"""
_RELATIONS, _TYPES, _TRIGGERS, _POLICIES = 1259, 1247, 2620, 3256
_ROW_SECURITY = re.compile(r"row\s+level\s+security", re.IGNORECASE)
_NOT_A_CHANGE = frozenset({"COMMENT", "GRANT", "REVOKE"})

Key = tuple[int, str, str]
Touched = Mapping[Key, tuple[int, ...]]
T = TypeVar("T", Column, Index, Constraint, Trigger, Policy)


class Recorder:
    """Collects what the event trigger says, statement by statement."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection
        self._pending: list[tuple[int, int]] = []
        self._touched: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        try:
            connection.execute(_TRIGGER.encode())
        except psycopg.errors.InsufficientPrivilege:
            connection.execute("rollback")
        connection.add_notice_handler(self._notice)

    def _notice(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        words = (diagnostic.message_primary or "").split(" ", 3)
        if words[0] == "errorbudget" and len(words) == 4 and words[3] not in _NOT_A_CHANGE:
            self._pending.append((int(words[1]), int(words[2])))

    def after_statement(self, position: int) -> None:
        for touched in dict.fromkeys(self._pending):
            self._touched[touched].append(position)
        self._pending.clear()

    def forget(self) -> None:
        """What was said up to now is of no statement that anyone asks for."""
        self._pending.clear()
        self._touched.clear()

    def finish_file(self) -> Touched:
        """Positions of statements by class, schema and name; starts anew for the next file."""
        ids = sorted({oid for _, oid in self._touched})
        rows = self._connection.execute(_NAMES.encode(), {"ids": ids}).fetchall() if ids else []
        names = {(kind, oid): (schema, name) for kind, oid, schema, name in rows}
        found: defaultdict[Key, list[int]] = defaultdict(list)
        for (kind, oid), positions in self._touched.items():
            if (kind, oid) in names:
                found[kind, *names[kind, oid]] += positions
        self._touched.clear()
        return {key: tuple(sorted(set(positions))) for key, positions in found.items()}


def with_origins(before: Schema, after: Schema, file: MigrationFile, touched: Touched) -> Schema:
    """``after`` with a place for all that is new or changed since ``before``, and the known places for the rest."""
    finder = _Finder(file, touched)
    return Schema(
        relations=tuple(finder.relation(before.relation(r.schema, r.name), r) for r in after.relations),
        enums=_types(before.enums, after.enums, finder),
        domains=_types(before.domains, after.domains, finder),
        composites=_types(before.composites, after.composites, finder),
    )


_OwnType = TypeVar("_OwnType", EnumType, Domain, CompositeType)


def _types(before: tuple[_OwnType, ...], after: tuple[_OwnType, ...], finder: _Finder) -> tuple[_OwnType, ...]:
    known = {(part.schema, part.name): part for part in before}
    return tuple(
        known[part.schema, part.name]
        if known.get((part.schema, part.name)) == part
        else replace(part, origin=finder.place(finder.of(_TYPES, part.schema, part.name), part.name))
        for part in after
    )


class _Guards(TypedDict):
    triggers: tuple[Trigger, ...]
    policies: tuple[Policy, ...]
    row_security: RowSecurity


class _Finder:
    def __init__(self, file: MigrationFile, touched: Touched) -> None:
        self._file = file
        self._touched = touched

    def of(self, kind: int, schema: str, name: str) -> tuple[Statement, ...]:
        positions = self._touched.get((kind, schema, name), ())
        return tuple(self._file.statements[position] for position in positions)

    def place(self, candidates: tuple[Statement, ...], *names: str) -> Span | None:
        """Where the statements name the object: last where they add or alter it, else first; else where one begins."""
        statements = candidates or self._file.statements
        for name in names:
            mentions = [(s, m) for s in statements for m in _mentions(name, s.sql)]
            decisive = [(s, m) for s, m in mentions if m["verb"]]
            if mentions:
                statement, match = decisive[-1] if decisive else mentions[0]
                return span_within(statement, match.start("name"), len(match["name"]))
        return statement_start(candidates[0]) if candidates else None

    def relation(self, old: Relation | None, new: Relation) -> Relation:
        if old is not None and old == new:
            return old
        touching = self.of(_RELATIONS, new.schema, new.name)
        kept = old.origin if old is not None else None
        columns = {c.name: c for c in old.columns} if old else {}
        indexes = {i.name: i for i in old.indexes} if old else {}
        constraints = {c.name: c for c in old.constraints} if old else {}
        return replace(
            new,
            origin=kept or self.place(touching, new.name),
            columns=tuple(_kept(columns, c) or self.column(touching, new, c) for c in new.columns),
            indexes=tuple(_kept(indexes, i) or self.index(touching, new, i) for i in new.indexes),
            constraints=tuple(_kept(constraints, c) or self.constraint(touching, c) for c in new.constraints),
            **self.guards(old, new, touching),
        )

    def guards(self, old: Relation | None, new: Relation, touching: tuple[Statement, ...]) -> _Guards:
        """Triggers and row-level security; ``ALTER TABLE … DISABLE TRIGGER`` touches the table."""
        triggers = {t.name: t for t in old.triggers} if old else {}
        policies = {p.name: p for p in old.policies} if old else {}
        making = self.of(_TRIGGERS, new.schema, new.name) or touching
        allowing = self.of(_POLICIES, new.schema, new.name) or touching
        return {
            "triggers": tuple(
                _kept(triggers, t) or replace(t, origin=self.place(making, t.name, new.name)) for t in new.triggers
            ),
            "policies": tuple(
                _kept(policies, p) or replace(p, origin=self.place(allowing, p.name, new.name)) for p in new.policies
            ),
            "row_security": self.row_security(old, new.row_security, touching, new.name),
        }

    def row_security(
        self, old: Relation | None, new: RowSecurity, touching: tuple[Statement, ...], table: str
    ) -> RowSecurity:
        if old is not None and old.row_security == new:
            return old.row_security
        found = tuple(s for s in touching if _ROW_SECURITY.search(s.sql))
        return replace(new, origin=self.place(found or touching, table)) if new != RowSecurity() else new

    def column(self, touching: tuple[Statement, ...], relation: Relation, column: Column) -> Column:
        return replace(column, origin=self.place(touching, column.name, relation.name))

    def index(self, touching: tuple[Statement, ...], relation: Relation, index: Index) -> Index:
        own = self.of(_RELATIONS, relation.schema, index.name)
        return replace(index, origin=self.place(own or touching, index.name, *index.columns))

    def constraint(self, touching: tuple[Statement, ...], constraint: Constraint) -> Constraint:
        return replace(constraint, origin=self.place(touching, constraint.name, *constraint.columns))


def _kept(old: Mapping[str, T], new: T) -> T | None:
    found = old.get(new.name)
    return found if found == new else None


def _mentions(name: str, sql: str) -> list[re.Match[str]]:
    pattern = (
        r"(?P<verb>\b(?:add|alter|rename)\s+(?:column\s+|constraint\s+)?(?:if\s+not\s+exists\s+)?)?"
        rf"(?<![\w\"])(?P<name>\"{re.escape(name)}\"|{re.escape(name)})(?![\w\"])"
    )
    return list(re.finditer(pattern, sql, re.IGNORECASE))
