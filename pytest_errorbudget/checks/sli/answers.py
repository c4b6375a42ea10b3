"""What PostgreSQL says of a query, over the schemas of all databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey, QueryTyping
from pytest_errorbudget.model.formats.wording import named


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``tenants`` are those that have the schema; none for the one after the newest migration."""

    tenants: tuple[str, ...]
    typing: QueryTyping


def answers(key: QueryKey, databases: Sequence[DatabaseFacts]) -> Iterator[Answer]:
    """One for each schema in which the query was prepared."""
    for database in databases:
        for shape in database.typings:
            typing = next((each for each in shape.queries if each.query == key), None)
            if typing is not None:
                yield Answer(tenants=_tenants(database, shape.shape), typing=typing)


def _tenants(database: DatabaseFacts, shape: str | None) -> tuple[str, ...]:
    if shape is None or database.snapshot is None:
        return ()
    return tuple(state.tenant for state in database.snapshot.tenants if state.shape == shape)


def whose(tenants: Sequence[str]) -> str:
    return f"for {named(tuple(tenants), 'tenant')}" if tenants else "after the newest migration"
