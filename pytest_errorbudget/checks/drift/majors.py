"""Expressions of servers of different majors: only those compare that have a form in SQL.

Others are shown as the tree that the server stores, whose parts change from one major to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pytest_errorbudget.checks.drift.group import tenants_text
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import Column, Constraint, Domain, Index, Policy, Relation, Schema, Trigger

_TREE = re.compile(r"\b(?!COALESCE\()[A-Z_]{4,}\(|#\d|\{")
_VERSION_NUMBERS = 10_000  # 180006 is 18.6


def major(server_version: int) -> int:
    return server_version // _VERSION_NUMBERS


def is_told(text: str | None) -> bool:
    """Whether every major shows the expression in the same way."""
    return text is None or _TREE.search(text) is None


def across_majors(expected: Schema, actual: Schema) -> tuple[Schema, Schema]:
    """Both without what only one major shows in this way: not known, so that it is no difference."""
    keys = frozenset((*_untold(expected), *_untold(actual)))
    return _without(expected, keys), _without(actual, keys)


def untold(expected: Schema, actual: Schema, tenants: tuple[str, ...], majors: tuple[int, int]) -> Iterator[Unchecked]:
    """What ``across_majors`` leaves out."""
    keys = frozenset((*_untold(expected), *_untold(actual)))
    if keys:
        count = "1 expression or query was" if len(keys) == 1 else f"{len(keys)} expressions and queries were"
        reason = f"{count} not compared: the replay is of PostgreSQL {majors[0]}, the tenants are of {majors[1]}"
        yield Unchecked("expressions", tenants_text(tenants), reason)


Key = tuple[str, ...]


def _untold(schema: Schema) -> Iterator[Key]:
    """The places of what has no form in SQL; queries of views never have one."""
    for domain in schema.domains:
        if not all(map(is_told, (*domain.checks, domain.default))):
            yield (domain.schema, domain.name)
    for relation in schema.relations:
        yield from ((relation.schema, relation.name, *key) for key in _untold_parts(relation))


def _untold_parts(relation: Relation) -> Iterator[Key]:
    if relation.query is not None:
        yield ("query",)
    for column in relation.columns:
        if not is_told(column.default) or not is_told(column.generation):
            yield ("column", column.name)
    for index in relation.indexes:
        if not all(map(is_told, (*index.columns, index.predicate))):
            yield ("index", index.name)
    for constraint in relation.constraints:
        if not is_told(constraint.expression):
            yield ("constraint", constraint.name)
    for trigger in relation.triggers:
        if not is_told(trigger.definition):
            yield ("trigger", trigger.name)
    for policy in relation.policies:
        if not is_told(policy.using) or not is_told(policy.check):
            yield ("policy", policy.name)


def _without(schema: Schema, keys: frozenset[Key]) -> Schema:
    return replace(
        schema,
        relations=tuple(_relation(relation, keys) for relation in schema.relations),
        domains=tuple(_domain(domain, keys) for domain in schema.domains),
    )


def _domain(domain: Domain, keys: frozenset[Key]) -> Domain:
    return replace(domain, checks=(), default=None) if (domain.schema, domain.name) in keys else domain


def _relation(relation: Relation, keys: frozenset[Key]) -> Relation:
    own = {key[2:] for key in keys if key[:2] == (relation.schema, relation.name)}
    if not own:
        return relation
    return replace(
        relation,
        query=None,
        columns=tuple(_column(c) if ("column", c.name) in own else c for c in relation.columns),
        indexes=tuple(_index(i, relation) if ("index", i.name) in own else i for i in relation.indexes),
        constraints=tuple(_constraint(c) if ("constraint", c.name) in own else c for c in relation.constraints),
        triggers=tuple(_trigger(t) if ("trigger", t.name) in own else t for t in relation.triggers),
        policies=tuple(_policy(p) if ("policy", p.name) in own else p for p in relation.policies),
    )


def _column(column: Column) -> Column:
    return replace(column, default=None, generation=None)


def _index(index: Index, relation: Relation) -> Index:
    names = {column.name for column in relation.columns}
    keys = tuple(key if key in names else "<expression>" for key in index.columns)
    return replace(index, columns=keys, predicate=None)


def _constraint(constraint: Constraint) -> Constraint:
    return replace(constraint, expression=None)


def _trigger(trigger: Trigger) -> Trigger:
    return replace(trigger, definition=None)


def _policy(policy: Policy) -> Policy:
    return replace(policy, using=None, check=None)
