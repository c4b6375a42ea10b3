"""Which query is proposed: one that PostgreSQL takes, and that asks for less only to leave partitions out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_errorbudget.checks.sli.answers import answers
from pytest_errorbudget.model.facts import (
    DatabaseFacts,
    QueryKey,
    sli_key,
    sli_meant_key,
    sli_narrowed_key,
    sli_proposal_key,
)
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.sli_query import SliQuery


def with_taken_proposal(query: SliQuery, databases: Sequence[DatabaseFacts]) -> SliQuery:
    """The narrowed one where the query itself leaves no partition out, else the one that answers the same; neither
    where PostgreSQL refuses it in a schema in which it takes the query itself."""
    is_wanted = query.narrowed is not None and _reads_all(query, databases)
    if is_wanted and _is_taken(query, sli_narrowed_key(query), databases):
        return replace(query, proposal=query.narrowed)
    if query.proposal is not None and not _is_taken(query, sli_proposal_key(query), databases):
        return replace(query, proposal=None)
    return query


def _is_taken(query: SliQuery, key: QueryKey, databases: Sequence[DatabaseFacts]) -> bool:
    own = [answer.typing.verdict for answer in answers(sli_meant_key(query), databases)]
    proposed = [answer.typing.verdict for answer in answers(key, databases)]
    worse = any(isinstance(new, Rejected) and isinstance(old, Typed) for old, new in zip(own, proposed, strict=False))
    refused = bool(proposed) and all(isinstance(new, Rejected) for new in proposed)
    return not worse and not refused


def _reads_all(query: SliQuery, databases: Sequence[DatabaseFacts]) -> bool:
    reads = [answer.typing.reads for answer in answers(sli_key(query), databases)]
    return any(table.read == table.of for one in reads if one is not None for table in one.tables)
